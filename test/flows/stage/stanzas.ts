import { type Element, childElements } from '../../../src/xmpp/stanza/xml.ts';
import { StreamParser } from '../../../src/xmpp/stream/parser.ts';

const commands = 'http://jabber.org/protocol/commands';

/** One stanza from its text. */
export function parseStanza(text: string): Element {
  const found: Element[] = [];
  const parser = new StreamParser();
  parser.on('element', (element) => found.push(element));
  parser.write(`<stream>${text}</stream>`);
  const [stanza] = found;
  if (stanza === undefined) throw new Error(`not a stanza: ${text}`);
  return stanza;
}

/** First value of each field of the form in an ad-hoc command's answer. */
export function commandFields(answer: Element): ReadonlyMap<string, string> {
  const form = answer.getChild('command', commands)?.getChild('x', 'jabber:x:data');
  const fields = form === undefined ? [] : childElements(form).filter((child) => child.name === 'field');
  return new Map(fields.map((field) => [String(field.attrs['var']), field.getChildText('value') ?? '']));
}

/** The command that registers a device in one shot, as Siskin IM writes it: no action, field types present. */
export const registerDevice = (token: string, at?: string): string => deviceCommand('register-device', token, at);

export const unregisterDevice = (token: string): string => deviceCommand('unregister-device', token);

export const provider = 'tigase:messenger:apns:1';

const deviceCommand = (node: string, token: string, at = provider): string =>
  `<command xmlns='${commands}' node='${node}'><x xmlns='jabber:x:data' type='submit'>` +
  `<field var='provider' type='text-single'><value>${at}</value></field>` +
  `<field var='device-token' type='text-single'><value>${token}</value></field></x></command>`;
