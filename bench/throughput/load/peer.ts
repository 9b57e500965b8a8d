import type { Socket } from 'node:net';
import { header } from './stanzas.ts';

/** The server's side of one XEP-0114 connection. It lets anybody in. */
export class Peer {
  /** Receives what comes in once the component is let in. */
  onText: (text: string) => void = () => undefined;
  readonly #socket: Socket;
  readonly #onOnline: (domain: string, peer: Peer) => void;
  #opening = '';
  #stage: 'header' | 'handshake' | 'online' = 'header';

  constructor(socket: Socket, onOnline: (domain: string, peer: Peer) => void) {
    this.#socket = socket;
    this.#onOnline = onOnline;
    socket.setNoDelay(true);
    socket.setEncoding('utf8');
    socket.on('error', () => socket.destroy());
    socket.on('data', (text: string) => (this.#stage === 'online' ? this.onText(text) : this.#open(text)));
  }

  write(text: string): void {
    this.#socket.write(text);
  }

  #open(text: string): void {
    this.#opening += text;
    const domain = /<stream:stream[^>]*\sto=["']([^"']+)["'][^>]*>/.exec(this.#opening)?.[1];
    if (domain === undefined) return;
    if (this.#stage === 'header') this.write(header);
    this.#stage = 'handshake';
    if (!/<handshake[^>]*>[^<]*<\/handshake>/.test(this.#opening)) return;
    this.#stage = 'online';
    this.write('<handshake/>');
    this.#onOnline(domain, this);
  }
}
