/** A wait that somebody else may end early. One at a time. */
export class Sleep {
  #wake: (() => void) | undefined;
  #isAwake = false;

  /** Settles after `ms`, or when woken; at once where it was woken since the last time. */
  async during(ms: number): Promise<void> {
    if (!this.#isAwake) await new Promise<void>((resolve) => this.#lieDown(ms, resolve));
    this.#isAwake = false;
  }

  wake(): void {
    this.#isAwake = true;
    this.#wake?.();
  }

  #lieDown(ms: number, resolve: () => void): void {
    const timer = setTimeout(() => this.#wake?.(), ms);
    this.#wake = () => {
      clearTimeout(timer);
      this.#wake = undefined;
      resolve();
    };
  }
}
