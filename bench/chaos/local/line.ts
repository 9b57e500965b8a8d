import { WebSocket } from 'ws';
import { readMarker } from '../world/stanzas.ts';

/** Where a connection leads. */
export interface LineEnds {
  /** Host and port. */
  readonly address: string;
  /** How long the instance stood still by our doing between two moments. */
  readonly stalledMs: (since: number, now: number) => number;
}

/** Told what goes over a line, by the numbers of the publishes. */
export interface LineListener {
  /** The instance gave it to the line; whether it comes through is another matter. */
  offered(marker: number): void;
  /** The phone's acknowledgement was given to the instance, so long after the push. */
  acknowledged(marker: number, afterMs: number): void;
}

/** `unheard`: nothing of the phone comes through; `half-open`: nothing at all. Neither side is told, not even of an end. */
export type LineState = 'open' | 'unheard' | 'half-open';

const handshakeLimitMs = 10_000;
const subprotocol = 'reveille.local-push.1';

/** One connection of a phone, by way of us: message by message, as long as it is whole. */
export class Line {
  state: LineState = 'open';
  onEnd: () => void = () => undefined;
  readonly #phone: WebSocket;
  readonly #instance: WebSocket;
  readonly #ends: LineEnds;
  readonly #listener: LineListener;
  /** Pushes that were not acknowledged so far, by their ids. */
  readonly #open = new Map<string, { readonly marker: number; readonly at: number }>();

  constructor(phone: WebSocket, ends: LineEnds, listener: LineListener) {
    this.#phone = phone;
    this.#ends = ends;
    this.#listener = listener;
    const options = { handshakeTimeout: handshakeLimitMs, perMessageDeflate: false };
    this.#instance = new WebSocket(`ws://${ends.address}/local-push`, subprotocol, options);
    this.#instance.on('error', () => undefined); // `close` follows
    this.#instance.on('message', (data) => this.#toPhone((data as Buffer).toString()));
    this.#instance.on('close', (code) => this.#instanceEnded(code));
    phone.on('message', (data) => this.#toInstance((data as Buffer).toString()));
    phone.on('close', () => {
      if (this.state === 'open') this.#instance.terminate();
    });
  }

  /** Cuts it for both. */
  cut(): void {
    this.#phone.terminate();
    this.#instance.terminate();
  }

  #toPhone(text: string): void {
    const message = JSON.parse(text) as Readonly<Record<string, unknown>>;
    if (message['type'] === 'push') {
      const marker = readMarker(message['payload'] as Readonly<Record<string, unknown>>);
      this.#listener.offered(marker);
      this.#open.set(String(message['id']), { marker, at: performance.now() });
    }
    if (this.state !== 'half-open') this.#phone.send(text);
  }

  #toInstance(text: string): void {
    if (this.state !== 'open' || this.#instance.readyState !== WebSocket.OPEN) return;
    this.#instance.send(text);
    const { type, id } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const push = type === 'ack' ? this.#open.get(String(id)) : undefined;
    if (push === undefined) return;
    this.#open.delete(String(id));
    const now = performance.now();
    this.#listener.acknowledged(push.marker, now - push.at - this.#ends.stalledMs(push.at, now));
  }

  #instanceEnded(code: number): void {
    this.onEnd();
    if (this.state !== 'open') return;
    // 1005 and 1006 say that no code was said.
    if (code === 1005 || code === 1006) this.#phone.terminate();
    else this.#phone.close(code);
  }
}
