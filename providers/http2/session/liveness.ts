import type { ClientHttp2Session } from 'node:http2';

const quietMs = 1_000;
const suspectMs = 1_500;
const pingTimeoutMs = 4_000;

/** Tells a silent peer from a dead one by PING. Node's own ping never times out: on a frozen peer its callback never comes. */
export class Liveness {
  /** A ping is waiting for longer than it should: nothing new is sent to this peer until it says something. */
  isSuspect = false;
  #http2: ClientHttp2Session;
  #heardAt = performance.now();
  #pingSentAt: number | undefined;

  constructor(http2: ClientHttp2Session) {
    this.#http2 = http2;
  }

  /** The peer said something: no ping is needed for a while. */
  heard(): void {
    this.#heardAt = performance.now();
    this.#pingSentAt = undefined;
    this.isSuspect = false;
  }

  /** Asked a few times a second while answers are outstanding; sends a ping when it was quiet for long. */
  hasDied(now: number): boolean {
    if (this.#pingSentAt === undefined) {
      if (now - this.#heardAt > quietMs) this.#ping(now);
      return false;
    }
    this.isSuspect = now - this.#pingSentAt > suspectMs;
    return now - this.#pingSentAt > pingTimeoutMs;
  }

  forgive(now: number): void {
    if (this.#pingSentAt !== undefined) this.#pingSentAt = now;
  }

  #ping(now: number): void {
    this.#pingSentAt = now;
    try {
      // After a GOAWAY Node cancels every ping at once: then only an answer proves that the peer lives.
      this.#http2.ping((error) => {
        if (error === null) this.heard();
      });
    } catch {
      // Thrown on a destroyed session only, and its close follows.
    }
  }
}
