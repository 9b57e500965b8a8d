import { computeBackoffMs } from './backoff.ts';

const firstMs = 1_000;
const capMs = 30_000;

/** One thing to be tried again later, at growing distances; closed by whoever created it. */
export class Retry {
  readonly #action: () => void;
  #attempt = 0;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(action: () => void) {
    this.#action = action;
  }

  /** True between the first failure and the next success. */
  get isFailing(): boolean {
    return this.#attempt > 0;
  }

  failed(): void {
    clearTimeout(this.#timer);
    if (this.#isClosed) return;
    this.#timer = setTimeout(this.#action, computeBackoffMs(this.#attempt, firstMs, capMs));
    this.#attempt += 1;
  }

  succeeded(): void {
    this.#attempt = 0;
    clearTimeout(this.#timer);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }
}
