/** Lets the first of many like events through, then one in each interval, and counts those in between. */
export class Occasionally {
  readonly #intervalMs: number;
  readonly #clock: () => number;
  #nextAt = -Infinity;
  #passedOver = 0;

  constructor(intervalMs: number, clock: () => number = () => performance.now()) {
    this.#intervalMs = intervalMs;
    this.#clock = clock;
  }

  /** Calls `action` and returns true, or passes it over; it is told how many were passed over since the last. */
  run(action: (passedOver: number) => void): boolean {
    const now = this.#clock();
    if (now < this.#nextAt) {
      this.#passedOver += 1;
      return false;
    }
    const passedOver = this.#passedOver;
    this.#passedOver = 0;
    this.#nextAt = now + this.#intervalMs;
    action(passedOver);
    return true;
  }
}
