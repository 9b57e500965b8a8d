import { once } from 'node:events';
import { client, type XmppClient } from '@xmpp/client';
import { type Element, xml } from '../../../src/xmpp/stanza/xml.ts';
import type { XmppHost } from '../../../test/servers/host.ts';

const stepTimeoutMs = 20_000;

/** A user's app, logged in. */
export interface Phone {
  readonly jid: string;
  /** Rejects with the stanza error's condition as message when the answer is an error. */
  iq(type: 'get' | 'set', payload: Element, to?: string): Promise<Element>;
  write(to: string, text: string): Promise<void>;
  /** Unavailable presence, then the end of the stream; the account stays away until somebody logs in again. */
  goOffline(): Promise<void>;
}

/**
 * Logs in; settles when the session is there and the presence is out. Its owner calls goOffline. Rejects with an error that has
 * SASL's condition when the server refuses.
 */
export async function logIn(host: XmppHost, name: string, password: string): Promise<Phone> {
  const service = `xmpp://127.0.0.1:${host.c2sPort}`;
  const entity = client({ service, domain: host.domain, resource: 'app', username: name, password });
  entity.timeout = stepTimeoutMs;
  // A broken connection makes the step fail that needs it; reconnecting would only blur the story.
  entity.reconnect.stop();
  entity.on('error', () => undefined);
  const jid = String(await start(entity));
  await entity.send(xml('presence', {}));
  const iq = (type: 'get' | 'set', payload: Element, to?: string) =>
    entity.iqCaller.request(xml('iq', { type, to }, payload), stepTimeoutMs);
  return {
    jid,
    iq,
    write: (to, text) => entity.send(xml('message', { to, type: 'chat' }, xml('body', {}, text))),
    goOffline: () => leave(entity),
  };
}

/** A connection on which login failed would stay open. */
async function start(entity: XmppClient): Promise<{ toString(): string }> {
  try {
    return await entity.start();
  } catch (error) {
    await entity.stop();
    throw error;
  }
}

async function leave(entity: XmppClient): Promise<void> {
  const offline = once(entity, 'offline', { signal: AbortSignal.timeout(stepTimeoutMs) });
  await entity.send(xml('presence', { type: 'unavailable' }));
  await Promise.all([entity.stop(), offline]);
}

export const bare = (jid: string): string => jid.slice(0, jid.indexOf('/'));
