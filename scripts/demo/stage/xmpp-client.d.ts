/** The part of @xmpp/client that the demo's phones use; the package brings no types. */
declare module '@xmpp/client' {
  import type { EventEmitter } from 'node:events';
  import type { Element } from '@xmpp/xml';

  export interface XmppClient extends EventEmitter {
    /** Limit in milliseconds for each step of connecting. */
    timeout: number;
    readonly reconnect: { stop(): void };
    readonly iqCaller: { request(stanza: Element, timeoutMs?: number): Promise<Element> };
    start(): Promise<{ toString(): string }>;
    send(stanza: Element): Promise<void>;
    stop(): Promise<void>;
  }

  export function client(options: {
    readonly service: string;
    readonly domain: string;
    readonly resource: string;
    readonly username: string;
    readonly password: string;
  }): XmppClient;
}
