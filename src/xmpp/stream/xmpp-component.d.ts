// The package ships no types and DefinitelyTyped has none: only what is used here is declared.
declare module '@xmpp/component' {
  import type { EventEmitter } from 'node:events';
  import type { Socket } from 'node:net';
  import type { Element } from '@xmpp/xml';

  export interface ComponentEntity extends EventEmitter {
    /** Limit in milliseconds for the stream header and for the handshake; 2000 unless set. */
    timeout: number;
    status: string;
    socket: Socket | null;
    /** Constructors that connect() and open() call with `new`. */
    Socket: unknown;
    Parser: unknown;
    reconnect: { stop(): void };
    connect(service: string): Promise<void>;
    open(options: { domain: string; lang?: string }): Promise<Element>;
    /** Ends the stream; settles when the server has ended its side, rejects after `timeout`. */
    close(): Promise<unknown>;
    /** Settles when the kernel has taken the text; rejects when the socket is gone. */
    write(text: string): Promise<void>;
  }

  /** The rest of the entity, which only tests and benches of the bare library use. */
  export interface BareEntity extends ComponentEntity {
    iqCallee: { set(xmlns: string, name: string, handle: (context: { element: Element }) => unknown): void };
    start(): Promise<unknown>;
    stop(): Promise<unknown>;
  }

  export const xml: (name: string, attributes: object, ...children: readonly unknown[]) => Element;
  export function component(options: { service: string; domain: string; password: string }): BareEntity;
}
