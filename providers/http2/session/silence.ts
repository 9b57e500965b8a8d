const usualLimitMs = 3_000;

/**
 * Tells a peer that keeps its connection up but answers no request: a PING is acknowledged by its HTTP/2 library, which
 * says nothing about the service behind. It looks at the time with each beat only, never with a request.
 */
export class Silence {
  readonly #limitMs: number;
  #since: number | undefined;
  #isSilent = false;

  constructor(limitMs = usualLimitMs) {
    this.#limitMs = limitMs;
  }

  /** Requests are under way, and for long there was no answer to any of them. It lasts until there is one. */
  get isSilent(): boolean {
    return this.#isSilent;
  }

  /** A request was answered, or ended by the peer in another way. */
  broken(): void {
    this.#since = undefined;
    this.#isSilent = false;
  }

  /** Asked a few times a second while requests are under way; true once, when it has lasted too long. */
  hasBegun(now: number): boolean {
    this.#since ??= now;
    if (this.#isSilent || now - this.#since < this.#limitMs) return false;
    this.#isSilent = true;
    return true;
  }

  /** Nothing is under way: nobody waits for an answer. */
  rest(): void {
    this.#since = undefined;
  }

  forgive(now: number): void {
    if (this.#since !== undefined) this.#since = now;
  }
}
