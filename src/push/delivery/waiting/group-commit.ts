import { DatabaseUnavailable } from '../../../registry/registry.ts';

/** What comes in within so short a time shares a statement. */
const gatherMs = 3;

export interface GroupCommitOptions {
  /** Items of one statement. */
  readonly batch: number;
  /** Items that may wait; beyond, `add` rejects at once. */
  readonly most: number;
}

interface Waiting<T> {
  readonly item: T;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Many small writes as few large ones, one after another in the order they came in. When one fails, those waiting behind
 * it fail with it: they would wait for the same database, and somebody waits for them.
 */
export class GroupCommit<T> {
  readonly #commit: (items: readonly T[]) => Promise<void>;
  readonly #options: GroupCommitOptions;
  #waiting: Waiting<T>[] = [];
  #running: Promise<void> | undefined;

  constructor(commit: (items: readonly T[]) => Promise<void>, options: GroupCommitOptions) {
    this.#commit = commit;
    this.#options = options;
  }

  /** Settles once the item is committed; rejects as the commit does, or with {@link DatabaseUnavailable} where too many wait. */
  add(item: T): Promise<void> {
    if (this.#waiting.length >= this.#options.most) return Promise.reject(new DatabaseUnavailable('too many writes wait for it'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Settles when nothing waits any more. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #run(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, gatherMs));
    while (this.#waiting.length > 0) await this.#commitSome();
    this.#running = undefined;
  }

  async #commitSome(): Promise<void> {
    const batch = this.#waiting.splice(0, this.#options.batch);
    try {
      await this.#commit(batch.map(({ item }) => item));
      for (const { resolve } of batch) resolve();
    } catch (error) {
      for (const { reject } of [...batch, ...this.#waiting.splice(0)]) reject(error);
    }
  }
}
