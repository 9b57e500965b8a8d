/**
 * How many waiting pushes may be under way at once: one at first, twice as many after each round that went well, half as
 * many at trouble. A service that has just recovered is not drowned by what has waited for it.
 */
export class Pace {
  readonly #most: number;
  #window = 1;
  /** Pushes under way when it was halved: their troubles are the same trouble. */
  #pardoned = 0;

  constructor(most: number) {
    this.#most = Math.max(1, most);
  }

  get window(): number {
    return this.#window;
  }

  /** One more for each success is twice as many for a whole round of them. */
  succeeded(): void {
    this.#pardoned = Math.max(0, this.#pardoned - 1);
    this.#window = Math.min(this.#most, this.#window + 1);
  }

  /** Halves the window, once for all that was under way at that time. */
  troubled(): void {
    if (this.#pardoned > 0) {
      this.#pardoned -= 1;
      return;
    }
    this.#pardoned = this.#window - 1;
    this.#window = Math.max(1, Math.floor(this.#window / 2));
  }

  /** Back to the first step: the service was away. */
  restart(): void {
    this.#window = 1;
    this.#pardoned = 0;
  }
}
