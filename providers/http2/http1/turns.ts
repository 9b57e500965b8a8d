/** Why somebody's turn did not come. */
export type Missed = 'late' | 'aborted' | 'closed';

/** So many at a time; the others wait in the order in which they came, each no longer than it wants to. */
export class Turns {
  #free: number;
  readonly #waiting = new Set<(missed: Missed | undefined) => void>();

  constructor(places: number) {
    this.#free = places;
  }

  /** Settles with undefined when it is the caller's turn, which has to be left again; else after the limit, with the signal, or at the end. */
  enter(limitMs: number, signal: AbortSignal): Promise<Missed | undefined> {
    if (this.#free > 0) {
      this.#free -= 1;
      return Promise.resolve(undefined);
    }
    return new Promise((resolve) => {
      const settle = (missed: Missed | undefined) => {
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
        this.#waiting.delete(settle);
        resolve(missed);
      };
      const abort = () => settle('aborted');
      const timer = setTimeout(settle, Math.max(0, limitMs), 'late');
      signal.addEventListener('abort', abort, { once: true });
      this.#waiting.add(settle);
    });
  }

  leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#free += 1;
    else next(undefined);
  }

  /** Nobody waits any longer. */
  close(): void {
    for (const settle of this.#waiting) settle('closed');
  }
}
