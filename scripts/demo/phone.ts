import { once } from 'node:events';
import { client, type XmppClient } from '@xmpp/client';
import { childElements, type Element, xml } from '../../src/xmpp/xml.ts';
import type { XmppHost } from '../../test/servers/host.ts';

const commands = 'http://jabber.org/protocol/commands';
const forms = 'jabber:x:data';
const stepTimeoutMs = 20_000;

/** A user's app, logged in. */
export interface Phone {
  readonly jid: string;
  /** Rejects with the stanza error's condition as message when the answer is an error. */
  iq(type: 'get' | 'set', payload: Element, to?: string): Promise<Element>;
  /** Runs an ad-hoc command in one shot, as Siskin does, and returns the fields of the answer's form. */
  command(service: string, node: string, values: Readonly<Record<string, string>>): Promise<ReadonlyMap<string, string>>;
  write(to: string, text: string): Promise<void>;
  /** Unavailable presence, then the end of the stream; the account stays away until somebody logs in again. */
  goOffline(): Promise<void>;
}

/** Logs in; settles when the session is there and the presence is out. Its owner calls goOffline. */
export async function logIn(host: XmppHost, name: string, password: string): Promise<Phone> {
  const service = `xmpp://127.0.0.1:${host.c2sPort}`;
  const entity = client({ service, domain: host.domain, resource: 'phone', username: name, password });
  entity.timeout = stepTimeoutMs;
  // A broken connection makes the step fail that needs it; reconnecting would only blur the story.
  entity.reconnect.stop();
  entity.on('error', () => undefined);
  const jid = String(await entity.start());
  await entity.send(xml('presence', {}));
  const iq = (type: 'get' | 'set', payload: Element, to?: string) =>
    entity.iqCaller.request(xml('iq', { type, to }, payload), stepTimeoutMs);
  return {
    jid,
    iq,
    command: async (to, node, values) => fieldsOf(await iq('set', buildCommand(node, values), to)),
    write: (to, text) => entity.send(xml('message', { to, type: 'chat' }, xml('body', {}, text))),
    goOffline: () => leave(entity),
  };
}

async function leave(entity: XmppClient): Promise<void> {
  const offline = once(entity, 'offline', { signal: AbortSignal.timeout(stepTimeoutMs) });
  await entity.send(xml('presence', { type: 'unavailable' }));
  await Promise.all([entity.stop(), offline]);
}

function buildCommand(node: string, values: Readonly<Record<string, string>>): Element {
  const fields = Object.entries(values).map(([name, value]) => xml('field', { var: name }, xml('value', {}, value)));
  return xml('command', { xmlns: commands, node }, xml('x', { xmlns: forms, type: 'submit' }, ...fields));
}

function fieldsOf(iq: Element): Map<string, string> {
  const form = iq.getChild('command', commands)?.getChild('x', forms);
  const fields = form === undefined ? [] : childElements(form).filter((child) => child.name === 'field');
  return new Map(fields.map((field) => [String(field.attrs['var']), field.getChildText('value') ?? '']));
}

export const bare = (jid: string): string => jid.slice(0, jid.indexOf('/'));
