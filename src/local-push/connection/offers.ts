/** Pushes that one device may have unacknowledged; more go to the push service. */
const most = 100;

interface Offer {
  readonly acknowledged: Promise<boolean>;
  settle(isTaken: boolean): void;
}

/** Pushes that were sent over a connection and wait for their acknowledgement. */
export class Offers {
  /** Made with the first of them: most connections bring a push now and then. */
  #open: Map<string, Offer> | undefined;

  get isFull(): boolean {
    return (this.#open?.size ?? 0) >= most;
  }

  /** Settles with whether it was acknowledged within the limit; `onLate` is called where it was not. */
  add(id: string, limitMs: number, onLate: () => void): Promise<boolean> {
    const open = (this.#open ??= new Map<string, Offer>());
    const same = open.get(id);
    if (same !== undefined) return same.acknowledged;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => {
      settle(false);
      onLate();
    }, limitMs);
    const settle = (isTaken: boolean) => {
      clearTimeout(timer);
      open.delete(id);
      resolve(isTaken);
    };
    open.set(id, { acknowledged: promise, settle });
    return promise;
  }

  /** False where nobody waits for this one (any more). */
  settle(id: string): boolean {
    const offer = this.#open?.get(id);
    offer?.settle(true);
    return offer !== undefined;
  }

  /** None of them will be acknowledged any more. */
  abandon(): void {
    for (const offer of [...(this.#open?.values() ?? [])]) offer.settle(false);
  }
}
