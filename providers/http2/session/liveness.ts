import type { Connection } from '../wire/connection.ts';

const quietMs = 1_000;
const suspectMs = 1_500;
const pingTimeoutMs = 4_000;

/** Tells a silent peer from a dead one by PING. */
export class Liveness {
  /** A ping is waiting for longer than it should: nothing new is sent to this peer until it says something. */
  isSuspect = false;
  #connection: Pick<Connection, 'sendPing'>;
  #heardAt = performance.now();
  #pingSentAt: number | undefined;

  constructor(connection: Pick<Connection, 'sendPing'>) {
    this.#connection = connection;
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
    this.#connection.sendPing(() => this.heard());
  }
}
