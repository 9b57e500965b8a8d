import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2';
import type { Content } from '../exchange.ts';

/** Handed over in one turn of the event loop: what the socket does not take stays in this process. */
const mostAtOnce = 64 * 1024;
/** Looks while the way is blocked; each waits twice as long as the one before, and then the beat looks. */
const firstLookMs = 1;
const longestLookMs = 64;
/** A connection that takes nothing at all for so long is of no use; a slow one takes some, and a busy peer needs its time. */
const stuckMs = 2_500;

/**
 * What was handed to a connection and has not left this process: frames that its socket does not take, bodies for which the
 * peer opens no window (RFC 9113 §5.2). Node keeps them and tells nobody, so it is asked: after a turn in which something
 * was written, and now and then while something stays. Nothing is written behind what did not leave: a push in Node's
 * hands can't be held back when its time is over, one in ours can.
 */
export class Outflow {
  readonly #http2: ClientHttp2Session;
  readonly #onOpen: () => void;
  #left = mostAtOnce;
  #window: number | undefined;
  #frames = 0;
  #isLooking = false;
  #isHearing = false;
  #lookMs = firstLookMs;
  #stillSince: number | undefined;

  constructor(http2: ClientHttp2Session, onOpen: () => void) {
    this.#http2 = http2;
    this.#onOpen = onOpen;
  }

  /** Whether one more request would leave at once, as far as that is known. */
  get isOpen(): boolean {
    return this.#frames === 0 && this.#left > 0;
  }

  /** Throws where the session takes no more streams. */
  write({ headers, body }: Content): ClientHttp2Stream {
    const stream = this.#http2.request(headers);
    stream.end(body);
    this.#left -= Buffer.byteLength(body);
    // Node writes what it was given at the end of the turn, before this.
    if (!this.#isLooking) setImmediate(() => this.#lookAgain());
    this.#isLooking = true;
    return stream;
  }

  /** The peer answered something: it may have taken what stayed, or opened its window, and nobody need wait for the next look. */
  heard(): void {
    if (this.isOpen || this.#isHearing) return;
    this.#isHearing = true;
    // Once for all answers of a turn.
    setImmediate(() => {
      this.#isHearing = false;
      if (!this.isOpen && !this.#http2.destroyed) this.#look();
    });
  }

  /** Asked a few times a second; true where what was written does not leave, and not the least of it for a while. */
  isStuck(now: number): boolean {
    if (this.#stillSince !== undefined && !this.#isLooking) this.#look();
    return this.#stillSince !== undefined && now - this.#stillSince > stuckMs;
  }

  /** We were busy: the peer gets its full time again. */
  forgive(now: number): void {
    if (this.#stillSince !== undefined) this.#stillSince = now;
  }

  #look(): void {
    const { outboundQueueSize: frames = 0, remoteWindowSize: window = mostAtOnce } = this.#http2.state;
    const hasMoved = frames < this.#frames || window !== this.#window;
    const wasOpen = this.isOpen;
    this.#frames = frames;
    this.#window = window;
    this.#left = Math.min(mostAtOnce, window);
    if (this.isOpen) this.#lookMs = firstLookMs;
    this.#stillSince = this.isOpen ? undefined : hasMoved ? performance.now() : (this.#stillSince ?? performance.now());
    if (this.isOpen && !wasOpen) this.#onOpen();
  }

  #lookAgain(): void {
    this.#isLooking = false;
    if (this.#http2.destroyed) return;
    this.#look();
    if (this.isOpen || this.#lookMs > longestLookMs) return;
    this.#isLooking = true;
    setTimeout(() => this.#lookAgain(), this.#lookMs).unref();
    this.#lookMs *= 2;
  }
}
