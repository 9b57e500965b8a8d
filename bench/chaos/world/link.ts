import type { Socket } from 'node:net';
import type { Peer } from '../../throughput/load/peer.ts';

const stanza = /<iq\s[^>]*?(?:\/>|>[\s\S]*?<\/iq>)/g;

const domainOf = (attribute: 'from' | 'to', iq: string): string | undefined =>
  new RegExp(`^<iq\\s[^>]*?\\b${attribute}=["']([^"']*)["']`).exec(iq)?.[1];

/** One connection of an instance to the scripted server, let in. */
export class Link {
  readonly number: number;
  /** Receives each IQ as text. */
  onStanza: (id: string, xml: string) => void = () => undefined;
  onClosed: () => void = () => undefined;
  readonly #socket: Socket;
  readonly #peer: Peer;
  #rest = '';
  #held: string[] | undefined;

  constructor(number: number, socket: Socket, peer: Peer) {
    this.number = number;
    this.#socket = socket;
    this.#peer = peer;
    peer.onText = (piece) => this.#take(piece);
    socket.on('close', () => this.onClosed());
  }

  write(xml: string): void {
    if (this.#held === undefined) this.#peer.write(xml);
    else this.#held.push(xml);
  }

  /**
   * Keeps what is to be written, while the other side stands still. On loopback, where segments have 64 KiB, Linux shrinks the
   * window of a receiver that thousands of small ones pile up at to less than one segment, and sends the rest by its
   * persist timer, minutes later: nothing that is known of real networks, and nothing that either end could mend.
   */
  hold(): void {
    this.#held ??= [];
  }

  /** Writes what was kept. */
  release(): void {
    const held = this.#held?.join('') ?? '';
    this.#held = undefined;
    if (held !== '') this.#peer.write(held);
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
      this.#route(match[0]);
    }
    this.#rest = this.#rest.slice(end);
    // XEP-0114 streams end as those of RFC 6120 §4.4: the other side says so as well, and nothing comes after it.
    if (this.#rest.includes('</stream:stream>')) this.#socket.end('</stream:stream>');
  }

  /** What a component writes to itself comes back to it, as from any server. */
  #route(iq: string): void {
    const to = domainOf('to', iq);
    if (to !== undefined && to === domainOf('from', iq)) this.write(iq);
    else this.onStanza(/\sid=["']([^"']*)["']/.exec(iq)?.[1] ?? '', iq);
  }
}
