import type { Backlog, DeferredStore } from '../../../registry/deferred/deferred-store.ts';
import type { Log } from '../../../log/log.ts';

export interface BacklogsOptions {
  readonly store: DeferredStore;
  readonly pollMs: number;
  readonly log: Log;
  /** Called after each look, while something may wait. */
  readonly onLook: (known: ReadonlyMap<string, Backlog>) => void;
}

/** A look that takes long is not taken often. */
const restPerLook = 10;

/** What waits in the database for each provider, as of the last look: nobody waits for one. Closed by whoever created it. */
export class Backlogs {
  readonly #options: BacklogsOptions;
  readonly #putAt = new Map<string, number>();
  #known: ReadonlyMap<string, Backlog> = new Map();
  #looking: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: BacklogsOptions) {
    this.#options = options;
  }

  get known(): ReadonlyMap<string, Backlog> {
    return this.#known;
  }

  start(): void {
    this.#looking = this.#look();
  }

  /** This instance is about to put something there. */
  put(provider: string): void {
    this.#putAt.set(provider, performance.now());
  }

  /** False where nothing waits, as far as this instance knows. */
  mayWait(provider: string): boolean {
    return this.#putAt.has(provider) || (this.#known.get(provider)?.count ?? 0) > 0;
  }

  /** Settles when no look is under way any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#looking;
  }

  async #look(): Promise<void> {
    const { store, pollMs, log, onLook } = this.#options;
    const startedAt = performance.now();
    try {
      this.#known = await store.backlog();
      this.#forgetPuts(startedAt - pollMs);
    } catch (error) {
      log.debug('deferred-not-counted', { error });
    }
    if (this.#isClosed) return;
    onLook(this.#known);
    const restMs = Math.max(pollMs, (performance.now() - startedAt) * restPerLook);
    this.#timer = setTimeout(() => this.start(), restMs);
  }

  /** A put that began before is in the count, or has long failed. */
  #forgetPuts(before: number): void {
    for (const [provider, at] of this.#putAt) if (at < before) this.#putAt.delete(provider);
  }
}
