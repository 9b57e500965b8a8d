import type { Socket } from 'node:net';
import type { Peer } from '../load/peer.ts';

const stanza = /<iq\s[^>]*?(?:\/>|>[\s\S]*?<\/iq>)/g;

/** One connection of an instance to the scripted server, let in. */
export class Link {
  readonly number: number;
  /** Receives each IQ as text. */
  onStanza: (id: string, xml: string) => void = () => undefined;
  onClosed: () => void = () => undefined;
  readonly #socket: Socket;
  readonly #peer: Peer;
  #rest = '';

  constructor(number: number, socket: Socket, peer: Peer) {
    this.number = number;
    this.#socket = socket;
    this.#peer = peer;
    peer.onText = (piece) => this.#take(piece);
    socket.on('close', () => this.onClosed());
  }

  write(xml: string): void {
    this.#peer.write(xml);
  }

  /** Cuts it, by RST or by FIN. */
  cut(how: 'rst' | 'fin'): void {
    if (how === 'rst') this.#socket.resetAndDestroy();
    else this.#socket.destroySoon();
  }

  /** Reads nothing from now on. */
  freeze(): void {
    this.#socket.pause();
  }

  thaw(): void {
    this.#socket.resume();
  }

  #take(piece: string): void {
    this.#rest += piece;
    let end = 0;
    for (const match of this.#rest.matchAll(stanza)) {
      end = match.index + match[0].length;
      this.onStanza(/\sid=["']([^"']*)["']/.exec(match[0])?.[1] ?? '', match[0]);
    }
    this.#rest = this.#rest.slice(end);
    // XEP-0114 streams end as those of RFC 6120 §4.4: the other side says so as well, and nothing comes after it.
    if (this.#rest.includes('</stream:stream>')) this.#socket.end('</stream:stream>');
  }
}
