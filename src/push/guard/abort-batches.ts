/** The pushes that a provider was given with the same signal. */
export interface AbortBatch {
  /** What the provider gets in place of the signal. */
  readonly signal: AbortSignal;
  /** Called for those still in here a moment after the signal aborts. */
  readonly giveUp: Set<() => void>;
}

/**
 * Gives a provider a signal of its own for each one that comes in: its listeners then run under `runListeners` and not in
 * our name, and a push that the provider won't let go is given up. One listener and at most one timer for all pushes
 * with the same signal.
 */
export class AbortBatches {
  readonly #runListeners: (abort: () => void) => void;
  readonly #graceMs: number;
  readonly #batches = new WeakMap<AbortSignal, AbortBatch>();

  /** `graceMs` is how long a provider may take to settle once it was told to stop. */
  constructor(runListeners: (abort: () => void) => void, graceMs: number) {
    this.#runListeners = runListeners;
    this.#graceMs = graceMs;
  }

  of(signal: AbortSignal): AbortBatch {
    const known = this.#batches.get(signal);
    if (known !== undefined && !signal.aborted) return known;
    const controller = new AbortController();
    const batch = { signal: controller.signal, giveUp: new Set<() => void>() };
    this.#batches.set(signal, batch);
    const abort = () => this.#abort(batch, controller, signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    return batch;
  }

  #abort({ giveUp }: AbortBatch, controller: AbortController, reason: unknown): void {
    this.#runListeners(() => controller.abort(reason));
    setTimeout(() => {
      for (const each of giveUp) each();
      giveUp.clear();
    }, this.#graceMs);
  }
}
