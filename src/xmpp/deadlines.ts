/** How finely deadlines are told apart, in milliseconds. */
const grainMs = 250;

/** What started within the same quarter of a second: one timer and one signal for all of it. */
interface Batch {
  readonly controller: AbortController;
  readonly expire: Set<() => void>;
  readonly timer: NodeJS.Timeout;
}

/** The time limit of one task. */
export interface Deadline {
  /** Aborts when the time is up. */
  readonly signal: AbortSignal;
  /** Settles as the work does, or as `late` does when the time is up before. */
  limit<T>(work: Promise<T>, late: () => Promise<T>): Promise<T>;
}

/**
 * A common time limit for many short tasks without a timer and an AbortController for each. A task gets the limit
 * less a quarter to half a second.
 */
export class Deadlines {
  readonly #limitMs: number;
  readonly #batches = new Set<Batch>();
  #current: Batch | undefined;
  #currentUntil = 0;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  /** Starts the clock for one task. */
  begin(): Deadline {
    const batch = this.#batch();
    return { signal: batch.controller.signal, limit: (work, late) => limit(batch, work, late) };
  }

  /** Brings every deadline forward to now. */
  expireAll(): void {
    for (const batch of [...this.#batches]) this.#expire(batch);
  }

  #batch(): Batch {
    const now = performance.now();
    if (this.#current !== undefined && now < this.#currentUntil) return this.#current;
    const timer = setTimeout(() => this.#expire(batch), Math.max(1, this.#limitMs - grainMs));
    const batch: Batch = { controller: new AbortController(), expire: new Set(), timer: timer.unref() };
    this.#batches.add(batch);
    this.#current = batch;
    this.#currentUntil = now + Math.min(grainMs, this.#limitMs);
    return batch;
  }

  #expire(batch: Batch): void {
    clearTimeout(batch.timer);
    this.#batches.delete(batch);
    if (this.#current === batch) this.#current = undefined;
    batch.controller.abort(new DOMException('the answer deadline has passed', 'TimeoutError'));
    for (const expire of batch.expire) expire();
    batch.expire.clear();
  }
}

function limit<T>(batch: Batch, work: Promise<T>, late: () => Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const expire = () => resolve(late());
    batch.expire.add(expire);
    work.then(
      (value) => {
        batch.expire.delete(expire);
        resolve(value);
      },
      (error: unknown) => {
        batch.expire.delete(expire);
        reject(error instanceof Error ? error : new Error('a task failed', { cause: error }));
      },
    );
  });
}
