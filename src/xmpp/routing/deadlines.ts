/** How finely deadlines are told apart: this part of the limit, and never more than so many milliseconds. */
const grainPart = 1 / 4;
const longestGrainMs = 250;

/** What started within the same moment: two timers and one signal for all of it. */
interface Batch {
  readonly controller: AbortController;
  readonly expire: Set<() => void>;
  readonly timers: readonly NodeJS.Timeout[];
}

/** The time limit of one task. */
export interface Deadline {
  /** Aborts when the time is almost up: what is left is for bringing the task to an end. */
  readonly signal: AbortSignal;
  /** Settles as the work does, or as `late` does when the time is up before. */
  limit<T>(work: Promise<T>, late: () => Promise<T>): Promise<T>;
}

/**
 * A common time limit for many short tasks without a timer and an AbortController for each. A task gets the limit
 * less up to a quarter of a second, and its signal aborts a reserve before that.
 */
export class Deadlines {
  readonly #limitMs: number;
  readonly #reserveMs: number;
  readonly #grainMs: number;
  readonly #batches = new Set<Batch>();
  #current: Batch | undefined;
  #currentUntil = 0;

  constructor(limitMs: number, reserveMs: number) {
    this.#limitMs = limitMs;
    this.#reserveMs = reserveMs;
    this.#grainMs = Math.min(longestGrainMs, limitMs * grainPart);
  }

  /** Starts the clock for one task. */
  begin(): Deadline {
    const batch = this.#batch();
    return { signal: batch.controller.signal, limit: (work, late) => limit(batch, work, late) };
  }

  /** Aborts every signal now; the time for bringing things to an end stays as it was. */
  abortAll(): void {
    for (const batch of this.#batches) abort(batch);
  }

  /** Brings every deadline forward to now. */
  expireAll(): void {
    for (const batch of [...this.#batches]) this.#expire(batch);
  }

  #batch(): Batch {
    const now = performance.now();
    if (this.#current?.controller.signal.aborted === false && now < this.#currentUntil) return this.#current;
    const limitMs = this.#limitMs - this.#grainMs;
    const timers = [
      setTimeout(() => abort(batch), limitMs - this.#reserveMs).unref(),
      setTimeout(() => this.#expire(batch), limitMs).unref(),
    ];
    const batch: Batch = { controller: new AbortController(), expire: new Set(), timers };
    this.#batches.add(batch);
    this.#current = batch;
    this.#currentUntil = now + this.#grainMs;
    return batch;
  }

  #expire(batch: Batch): void {
    for (const timer of batch.timers) clearTimeout(timer);
    this.#batches.delete(batch);
    if (this.#current === batch) this.#current = undefined;
    abort(batch);
    for (const expire of batch.expire) expire();
    batch.expire.clear();
  }
}

function abort({ controller }: Batch): void {
  if (!controller.signal.aborted) controller.abort(new DOMException('the answer is due', 'TimeoutError'));
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
