/** How finely deadlines are told apart: this part of the limit, and never more than so many milliseconds. */
const grainPart = 1 / 4;
const longestGrainMs = 250;

/** What follows from a task's value, and from its error. */
export interface TaskEnd<T, R> {
  done(value: T): R;
  failed(error: unknown): R;
}

/** The time limit of what started within the same moment: two timers and one signal for all of it. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #expire = new Set<() => void>();

  /** Aborts when the time is almost up: what is left is for bringing the task to an end. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * Settles with what `end` makes of the work's value or error; when the time is up before, with what it makes of the error of `late`, and
   * what comes of the work then is passed over. `end` must not throw.
   */
  limit<T, R>(work: Promise<T>, end: TaskEnd<T, R>, late: () => Error): Promise<R> {
    return new Promise<R>((resolve) => {
      const expire = () => resolve(end.failed(late()));
      this.#expire.add(expire);
      work.then(
        (value) => {
          if (this.#expire.delete(expire)) resolve(end.done(value));
        },
        (error: unknown) => {
          if (this.#expire.delete(expire)) resolve(end.failed(error));
        },
      );
    });
  }

  /** The time is almost up; done once, however often it is asked. */
  abort(): void {
    if (!this.signal.aborted) this.#controller.abort(new DOMException('the answer is due', 'TimeoutError'));
  }

  /** The time is up. */
  expire(): void {
    this.abort();
    const late = [...this.#expire];
    this.#expire.clear();
    for (const expire of late) expire();
  }
}

/** A deadline and the two timers that make it one. */
interface Batch {
  readonly deadline: Deadline;
  readonly timers: readonly NodeJS.Timeout[];
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
    const now = performance.now();
    if (this.#current?.deadline.signal.aborted === false && now < this.#currentUntil) return this.#current.deadline;
    this.#current = this.#start();
    this.#currentUntil = now + this.#grainMs;
    return this.#current.deadline;
  }

  /** Aborts every signal now; the time for bringing things to an end stays as it was. */
  abortAll(): void {
    for (const { deadline } of this.#batches) deadline.abort();
  }

  /** Brings every deadline forward to now. */
  expireAll(): void {
    for (const batch of [...this.#batches]) this.#expire(batch);
  }

  #start(): Batch {
    const deadline = new Deadline();
    const limitMs = this.#limitMs - this.#grainMs;
    const timers = [
      setTimeout(() => deadline.abort(), limitMs - this.#reserveMs).unref(),
      setTimeout(() => this.#expire(batch), limitMs).unref(),
    ];
    const batch: Batch = { deadline, timers };
    this.#batches.add(batch);
    return batch;
  }

  #expire(batch: Batch): void {
    for (const timer of batch.timers) clearTimeout(timer);
    this.#batches.delete(batch);
    if (this.#current === batch) this.#current = undefined;
    batch.deadline.expire();
  }
}
