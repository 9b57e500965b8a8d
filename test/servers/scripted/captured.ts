import { readFileSync } from 'node:fs';
import { composeOptions, type Manners, type Note } from './manners.ts';

const domain = 'example.net';

/** Prosody and ejabberd, replayed from captures: what they wrote, readdressed, and how they were measured to take answers. */
function capture(name: string, file: string, patience: number): Manners {
  const xml = readFileSync(new URL(`../../fixtures/stanzas/${file}`, import.meta.url), 'utf8').trim();
  const text = /var='last-message-body'[^>]*><value>([^<]*)</.exec(xml)?.[1];
  const sender = /var='last-message-sender'[^>]*><value>([^<]*)</.exec(xml)?.[1];
  const fill = (note: Note): string => {
    return xml
      .replace(/ from='[^']*'/, ` from='${domain}'`)
      .replace(/ to='[^']*'/, ` to='${note.component}'`)
      .replace(/ id='[^']*'/, ` id='${note.id}'`)
      .replace(/node='[^']*'/, `node='${note.node}'`)
      .replace(`<value>${text ?? '-'}</value>`, `<value>${note.text}</value>`)
      .replace(`<value>${sender ?? '-'}</value>`, `<value>${note.sender}</value>`)
      .replace(/<publish-options>.*<\/publish-options>/s, '')
      .replace('</pubsub>', `${composeOptions(note.options)}</pubsub>`);
  };
  const count = /var='message-count'[^>]*><value>(\d+)</.exec(xml)?.[1];
  const tells: Manners['tells'] = (note) => ({
    ...(count === undefined ? {} : { 'unread-messages': Number(count) }),
    ...(sender === undefined ? {} : { sender: note.sender }),
    ...(text === undefined ? {} : { body: note.text }),
  });
  return { name, domain, publisher: domain, publish: fill, tells, patience, counts: ({ type }) => type !== 'wait' };
}

export const prosodyCapture = capture('Prosody 0.12', 'prosody-0.12-offline-withbody-plain.xml', 16);
/** Counts no error (test/flows/dead-token.test.ts). */
export const prosody13Capture = capture('Prosody 13.0', 'prosody-13.0-offline-withbody-plain.xml', Infinity);
export const ejabberdCapture = capture('ejabberd 23.01', 'ejabberd-23.01-offline-withbody-plain.xml', 1);
export const ejabberd24Capture = capture('ejabberd 24.12', 'ejabberd-24.12-offline-withbody-plain.xml', 1);
