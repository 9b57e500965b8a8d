/** Pushes that were handed to another instance and wait for what came of it. */
export class Forwards {
  readonly #open = new Map<string, (isTaken: boolean) => void>();
  #count = 0;

  /** Settles with whether the device took it, false after the limit; `onLate` is called then. `send` gets the number that the answer names. */
  add(limitMs: number, send: (offer: string, onUnsaid: () => void) => void, onLate: () => void): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const offer = String((this.#count += 1));
    const settle = (isTaken: boolean) => {
      clearTimeout(timer);
      this.#open.delete(offer);
      resolve(isTaken);
    };
    const timer = setTimeout(() => {
      settle(false);
      onLate();
    }, limitMs);
    this.#open.set(offer, settle);
    send(offer, () => settle(false));
    return promise;
  }

  settle(offer: string, isTaken: boolean): void {
    this.#open.get(offer)?.(isTaken);
  }

  /** Those that would wait in vain. */
  abandon(): void {
    for (const settle of [...this.#open.values()]) settle(false);
  }
}
