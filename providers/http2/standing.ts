const maxInFlight = 500;
const worthFillingLimit = 100;
/** So many refusals in a row, and the session takes one request at a time: Apple closes connections that bring many bad tokens. */
const restAfter = 20;
/** So many requests given up in a row, and the session is given up too. */
const maxUnanswered = 20;

/** What the answers on a session say about it, and how many requests at a time it should be given therefore. */
export class Standing {
  hasAnswered = false;
  #isProven: boolean;
  #refusals = 0;
  #unanswered = 0;
  #highestLimit = 0;

  constructor(startsAtOne: boolean) {
    this.#isProven = !startsAtOne;
  }

  answered(status: number): void {
    this.hasAnswered = true;
    this.#unanswered = 0;
    if (status < 300) {
      this.#isProven = true;
      this.#refusals = 0;
    } else if (status >= 400 && status < 500 && status !== 410) this.#refusals += 1;
  }

  abandoned(): void {
    this.#unanswered += 1;
  }

  /** The server told its limit. */
  limited(streams: number | undefined): void {
    this.#highestLimit = Math.max(this.#highestLimit, streams ?? maxInFlight);
  }

  get isHopeless(): boolean {
    return this.#unanswered >= maxUnanswered;
  }

  /** How many requests at a time, where the server allows so many now. */
  limit(streams = maxInFlight): number {
    return Math.min(streams, this.#isProven && this.#refusals < restAfter ? maxInFlight : 1);
  }

  /**
   * Whether one more connection helps when this one is full: not where the server never allowed more, nor where our own
   * caution holds us back.
   */
  wantsCompany(streams = maxInFlight): boolean {
    if (!this.#isProven || this.#refusals >= restAfter) return false;
    return streams >= worthFillingLimit || streams < this.#highestLimit;
  }
}
