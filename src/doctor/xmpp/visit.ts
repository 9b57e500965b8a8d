import { randomUUID } from 'node:crypto';
import { buildErrorReply, readReturnAddress, temporary } from '../../xmpp/stanza/reply.ts';
import type { ComponentStream, StreamHandlers } from '../../xmpp/stream/stream.ts';
import { xml, type Element } from '../../xmpp/stanza/xml.ts';
import { untilAborted } from '../../base/limit.ts';

/** A short stay at the server under the component's name. */
export interface Visit extends StreamHandlers {
  begin(stream: ComponentStream): void;
  /** Sends an IQ request and settles with the stanza that comes with its id, or undefined when the signal aborts before. */
  ask(to: string, payload: Element, signal: AbortSignal): Promise<Element | undefined>;
  close(): Promise<void>;
}

/** Whatever comes in meanwhile may be a publish, so it gets the one refusal that costs no registration. */
export function createVisit(domain: string): Visit {
  const waiting = new Map<string, (stanza: Element) => void>();
  let stream: ComponentStream | undefined;
  return {
    begin: (opened) => void (stream = opened),
    async ask(to, payload, signal) {
      const id = `doctor-${randomUUID()}`;
      const { promise, resolve } = Promise.withResolvers<Element>();
      waiting.set(id, resolve);
      stream?.send(xml('iq', { type: 'get', from: domain, to, id }, payload));
      try {
        return await untilAborted(promise, signal);
      } catch {
        // Nothing came: the caller knows what that means.
        return undefined;
      } finally {
        waiting.delete(id);
      }
    },
    onStanza(stanza, from) {
      const { id, type, from: sender } = stanza.attrs as Record<string, string | undefined>;
      const settle = waiting.get(id ?? '');
      if (settle !== undefined) settle(stanza);
      else if (stanza.name === 'iq' && sender !== domain && (type === 'get' || type === 'set')) from.send(refuse(stanza));
    },
    onUnreadable: (shell, _, from) => void from.send(refuse(shell)),
    close: async () => stream?.close(),
  };
}

function refuse(stanza: Element): Element {
  return buildErrorReply(readReturnAddress(stanza), temporary('only a test of the connection: try again'));
}
