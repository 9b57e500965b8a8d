// Room: putting what waits into the database, and which push is the newest. In: pushes that were not taken. Out: commits. May enter:
// delivery.
import { steadyNow } from '../../../base/clock.ts';
import type { Log } from '../../../log/log.ts';
import type { DeferredPush, DeferredStore } from '../../../registry/deferred/deferred-store.ts';
import type { Backlogs } from './backlogs.ts';
import { GroupCommit } from './group-commit.ts';
import type { Latest } from './latest.ts';

export interface OutboxOptions {
  readonly store: DeferredStore;
  readonly backlogs: Backlogs;
  readonly latest: Latest;
  readonly log: Log;
  /** Hears of each push that was put there. */
  readonly onPut: (push: DeferredPush) => void;
}

const batch = 500;
const mostPuts = 20_000;
const mostSupersedes = 5_000;

/** Where pushes go that can't go out now: the database, in as few statements as may be. */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #puts: GroupCommit<DeferredPush>;
  readonly #supersedes: GroupCommit<DeferredPush>;

  constructor(options: OutboxOptions) {
    const { store } = options;
    this.#options = options;
    this.#puts = new GroupCommit((pushes) => store.put(pushes), { batch, most: mostPuts });
    this.#supersedes = new GroupCommit((pushes) => store.supersede(pushes), { batch, most: mostSupersedes });
  }

  /** Settles once the push is committed, or worthless by now. Rejects with DatabaseUnavailable. */
  async put(push: DeferredPush): Promise<void> {
    const { backlogs, latest, onPut } = this.#options;
    if (latest.isPast(push) || push.expiresAt.getTime() <= steadyNow()) return;
    backlogs.put(push.provider);
    await this.#puts.add(push);
    onPut(push);
  }

  /**
   * A push was delivered without waiting: older ones that wait are worthless. The database is told in the background, and
   * only where something may wait; an instance that does not know of it yet costs a double.
   */
  delivered(push: DeferredPush): void {
    const { backlogs, latest, log } = this.#options;
    latest.delivered(push);
    if (!backlogs.mayWait(push.provider)) return;
    this.#supersedes.add(push).catch((error: unknown) => log.debug('not-superseded', { push: push.id, error }));
  }

  /** Settles when nothing is on its way to the database any more. */
  async close(): Promise<void> {
    await Promise.all([this.#puts.idle(), this.#supersedes.idle()]);
  }
}
