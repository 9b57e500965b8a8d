import type { Log } from '../../../log/log.ts';
import type { Backlog } from '../../../registry/deferred/deferred-store.ts';

interface Trouble {
  readonly since: number;
  last: number;
}

/** One line when pushes of a provider begin to be deferred, and one when all that were have come to an end. */
export class DeferralLog {
  readonly #log: Log;
  readonly #clock: () => number;
  readonly #troubles = new Map<string, Trouble>();

  constructor(log: Log, clock: () => number = () => performance.now()) {
    this.#log = log;
    this.#clock = clock;
  }

  /** A push was deferred because its provider did not take it. */
  deferred(provider: string, reason: string): void {
    const now = this.#clock();
    const trouble = this.#troubles.get(provider);
    if (trouble !== undefined) return void (trouble.last = now);
    this.#troubles.set(provider, { since: now, last: now });
    this.#log.warn('deferring', { provider, reason });
  }

  /** What waits by now. Those that the rate guard holds back wait as well: only what is as old as the trouble is part of it. */
  looked(known: ReadonlyMap<string, Backlog>): void {
    const now = this.#clock();
    for (const [provider, { since, last }] of this.#troubles) {
      const { count, oldestSeconds } = known.get(provider) ?? { count: 0, oldestSeconds: 0 };
      const quietSeconds = (now - last) / 1000;
      if (quietSeconds < 1 || (count > 0 && oldestSeconds >= quietSeconds)) continue;
      this.#troubles.delete(provider);
      this.#log.info('deferring-ended', { provider, seconds: Math.round((now - since) / 1000) });
    }
  }
}
