import { readFileSync } from 'node:fs';
import { push } from '../../helpers/app.ts';
import { domain } from '../publishes.ts';

/** Publish-options, in this order. */
export type Options = Readonly<Record<string, string>>;

/** A publish of a server to this node with these publish-options. */
export type BuildPublish = (node: string, options: Options, from?: string) => string;

let count = 0;

/** Captures of real servers, readdressed; the options that a client gave them in place of the secret. */
function captured(file: string): BuildPublish {
  const xml = readFileSync(new URL(`../../fixtures/stanzas/${file}`, import.meta.url), 'utf8').trim();
  return (node, options, from = domain) => {
    const fields = Object.entries(options).map(([name, value]) => `<field var='${name}'><value>${value}</value></field>`);
    return xml
      .replace(/ from='[^']*'/, ` from='${from}'`)
      .replace(/ to='[^']*'/, ` to='${push}'`)
      .replace(/ id='[^']*'/, ` id='f${(count += 1)}'`)
      .replace(/node='[^']*'/, `node='${node}'`)
      .replace(/<field var='secret'><value>[^<]*<\/value><\/field>/, fields.join(''));
  };
}

/** What both servers send for a message, and for what has no text. */
export const publishes: Readonly<Record<string, BuildPublish>> = {
  'Prosody 0.12': captured('prosody-0.12-offline-secret-plain.xml'),
  'Prosody 0.12, a chat state': captured('prosody-0.12-offline-secret-chatstate.xml'),
  'ejabberd 23.01, an empty notification': captured('ejabberd-23.01-offline-secret-0.xml'),
};

export const fromProsody = captured('prosody-0.12-offline-secret-plain.xml');

export const refused = 'cancel/item-not-found';
export const temporary = 'wait/internal-server-error';

/** `result`, or type and condition of the error. */
export function describeAnswer(xml: string): string {
  const [, type, condition] = /<error type="([a-z]+)"><([a-z-]+)/.exec(xml) ?? [];
  return type === undefined ? 'result' : `${type}/${condition ?? ''}`;
}
