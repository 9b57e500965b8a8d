import type { Socket } from 'node:net';
import { StrictReader, type Tag } from './strict-reader.ts';

export const domain = 'push.localhost';

const header =
  `<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' ` +
  `id='a-stream' from='${domain}'>`;
/** Ids of the pings with which the component asks itself whether the connection lives. */
const ownPing = 'alive-';

/** The server's side of one XEP-0114 connection. It lets anybody in, and from there on is as strict as servers are. */
export class Connection {
  /** Stanzas from the component since somebody last took them. */
  received: Tag[] = [];
  isClosed = false;
  readonly #socket: Socket;
  readonly #reader = new StrictReader();
  #isOnline = false;
  #isWriting = false;
  /** What is routed back to the component once nothing else is being written. */
  readonly #routed: string[] = [];
  #wake: () => void = () => undefined;

  constructor(socket: Socket, onOnline: () => void) {
    this.#socket = socket;
    this.#reader.onStanza = (stanza) => (this.#isOnline ? this.#take(stanza) : this.#letIn(onOnline));
    let isOpen = false;
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#close());
    socket.on('data', (bytes) => {
      if (!isOpen) socket.write(header);
      isOpen = true;
      this.#reader.write(bytes);
      // RFC 6120 §4.4: the other side says so as well, and nothing comes after it.
      if (this.#reader.hasEnded) this.#farewell();
      this.#wake();
    });
  }

  /** Why a real server would have closed the stream over what the component sent. */
  get fault(): string | undefined {
    return this.#reader.fault;
  }

  write(data: string | Buffer): void {
    this.#socket.write(data);
  }

  /** Each in a packet of its own, and nothing in between. */
  async writePackets(packets: readonly Buffer[]): Promise<void> {
    this.#isWriting = true;
    for (const packet of packets) {
      this.#socket.write(packet);
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#isWriting = false;
    for (const text of this.#routed.splice(0)) this.#socket.write(text);
  }

  /** Settles with true once the condition holds, with false when the time is up. It is looked at whenever something happened. */
  async until(condition: () => boolean, limitMs: number): Promise<boolean> {
    const end = performance.now() + limitMs;
    while (!condition()) {
      const leftMs = end - performance.now();
      if (leftMs <= 0) return false;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return true;
  }

  end(): void {
    this.isClosed = true;
    this.#socket.destroy();
  }

  #letIn(onOnline: () => void): void {
    this.#isOnline = true;
    this.#socket.write('<handshake/>');
    onOnline();
  }

  /** What the component sends to itself is routed back to it, as on real servers. */
  #take(stanza: Tag): void {
    const { id = '', type, from, to } = stanza.attributes;
    const isOwnPing = id.startsWith(ownPing) && from === domain && to === domain;
    if (!isOwnPing) this.received.push(stanza);
    else if (type === 'get') this.#route(`<iq type='get' from='${domain}' to='${domain}' id='${id}'><ping xmlns='urn:xmpp:ping'/></iq>`);
  }

  #route(text: string): void {
    if (this.#isWriting) this.#routed.push(text);
    else this.#socket.write(text);
  }

  #farewell(): void {
    this.isClosed = true;
    this.#socket.end('</stream:stream>');
  }

  #close(): void {
    this.isClosed = true;
    this.#wake();
  }
}
