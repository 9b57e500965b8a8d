// Room: taking what waits out again, when and how fast. In: claims. Out: settled or deferred pushes. May enter: delivery.
import { steadyNow } from '../../../base/clock.ts';
import type { Log } from '../../../log/log.ts';
import type { ClaimedPush, DeferredStore } from '../../../registry/deferred/deferred-store.ts';
import type { Backlogs } from '../waiting/backlogs.ts';
import type { Breaker } from '../restraint/breaker.ts';
import type { DeliveryMeasurements } from '../waiting/deferred-end.ts';
import { GroupCommit } from '../waiting/group-commit.ts';
import type { Pace } from './pace.ts';
import type { Retrial, Verdict } from './retrial.ts';
import { Sleep } from './sleep.ts';
import type { DeliveryTiming } from '../timing.ts';

export interface WorkerOptions {
  readonly provider: string;
  readonly store: DeferredStore;
  readonly backlogs: Backlogs;
  readonly breaker: Breaker;
  readonly pace: Pace;
  readonly retrial: Retrial;
  readonly timing: DeliveryTiming;
  readonly measurements: DeliveryMeasurements | undefined;
  readonly log: Log;
}

/** At most so many are claimed at once: they are in memory. */
const mostClaimed = 200;
const commit = { batch: 500, most: 10_000 };

/**
 * Tries the waiting pushes of one provider: claims as many as the pace allows, each for a lease, and commits what became
 * of them. What it does not commit is claimed again when the lease is over, here or by another instance.
 */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #settles: GroupCommit<ClaimedPush>;
  readonly #postpones: GroupCommit<ClaimedPush>;
  readonly #tries = new Set<Promise<void>>();
  readonly #limits = new Set<AbortController>();
  readonly #sleep = new Sleep();
  #running: Promise<void> | undefined;
  /** Before this moment nothing is due, as far as this instance knows. */
  #dueAt = 0;
  #isClosing = false;

  constructor(options: WorkerOptions) {
    const { store } = options;
    this.#options = options;
    this.#settles = new GroupCommit((pushes) => store.settle(pushes), commit);
    this.#postpones = new GroupCommit((pushes) => store.postpone(pushes), commit);
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Something will be due at this moment. */
  expect(at: Date): void {
    const dueAt = performance.now() + Math.max(0, at.getTime() - steadyNow());
    if (dueAt >= this.#dueAt) return;
    this.#dueAt = dueAt;
    this.#sleep.wake();
  }

  /**
   * This device can be reached now by another way than its push service: what it waits for is tried at once, whether or not it is due
   * and however the service is doing. Settles once that is begun; never rejects.
   */
  async hurry(node: string): Promise<void> {
    const { store, timing, provider, log, backlogs } = this.#options;
    if (this.#isClosing || !backlogs.mayWait(provider)) return;
    const claimed = store.claimOf(node, timing.leaseMs).then(
      (pushes) => this.#tryAll(pushes),
      (error: unknown) => log.debug('deferred-not-claimed', { provider, error }),
    );
    await this.#track(claimed);
  }

  /**
   * Claims nothing more; tries under way get `graceMs`, then their signals abort. Settles when what became of them is
   * committed: no lease outlives this instance.
   */
  async close(graceMs: number): Promise<void> {
    this.#isClosing = true;
    this.#sleep.wake();
    const timer = setTimeout(() => this.#limits.forEach((limit) => limit.abort()), graceMs);
    await this.#running;
    await Promise.all(this.#tries);
    clearTimeout(timer);
  }

  async #run(): Promise<void> {
    while (!this.#isClosing) {
      const places = this.#places();
      if (places > 0) await this.#claim(places);
      else await this.#sleep.during(this.#idleMs());
    }
  }

  /** How many to claim now. One by one would cost a statement each: a quarter of the window must be free. */
  #places(): number {
    const { breaker, backlogs, pace, provider } = this.#options;
    if (breaker.waitMs > 0 || !backlogs.mayWait(provider) || performance.now() < this.#dueAt) return 0;
    const window = breaker.reason === undefined ? Math.min(pace.window, mostClaimed) : 1;
    const free = window - this.#tries.size;
    return free >= Math.max(1, window / 4) ? free : 0;
  }

  /** The end of a try wakes it earlier, and so does what is expected earlier. */
  #idleMs(): number {
    const { breaker, timing } = this.#options;
    const untilDueMs = Math.max(this.#dueAt - performance.now(), breaker.waitMs);
    return untilDueMs > 0 ? Math.min(untilDueMs, timing.pollMs) : timing.pollMs;
  }

  async #claim(places: number): Promise<void> {
    const { store, provider, timing, log } = this.#options;
    const askedAt = performance.now();
    // Until the answer says otherwise; what is expected meanwhile brings it forward again.
    this.#dueAt = askedAt + timing.pollMs;
    try {
      const claimed = await store.claim(provider, places, timing.leaseMs);
      if (claimed.length >= places) this.#dueAt = 0;
      this.#tryAll(claimed);
    } catch (error) {
      log.debug('deferred-not-claimed', { provider, error });
    }
  }

  #tryAll(claimed: readonly ClaimedPush[]): void {
    if (claimed.length === 0) return;
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), this.#options.timing.tryMs);
    this.#limits.add(limit);
    const tries = claimed.map((push) => this.#track(this.#try(push, limit.signal)));
    void Promise.all(tries).then(() => {
      clearTimeout(timer);
      this.#limits.delete(limit);
    });
  }

  #track(work: Promise<void>): Promise<void> {
    const tracked = work.finally(() => {
      this.#tries.delete(tracked);
      this.#sleep.wake();
    });
    this.#tries.add(tracked);
    return tracked;
  }

  /** Never rejects. */
  async #try(push: ClaimedPush, signal: AbortSignal): Promise<void> {
    const { retrial, provider, log } = this.#options;
    try {
      // Claimed while closing: given back untried.
      const verdict: Verdict = this.#isClosing
        ? { kind: 'waits', notBefore: new Date(steadyNow()), tries: push.tries }
        : await retrial.run(push, signal);
      await this.#commit(push, verdict);
    } catch (error) {
      log.debug('deferred-not-committed', { provider, push: push.id, error });
    }
  }

  async #commit(push: ClaimedPush, verdict: Verdict): Promise<void> {
    const { measurements, provider } = this.#options;
    switch (verdict.kind) {
      case 'ended':
        await this.#settles.add(push);
        measurements?.deferredEnded(provider, verdict.end);
        return;
      case 'waits':
        await this.#postpones.add({ ...push, notBefore: verdict.notBefore, tries: verdict.tries });
        this.expect(verdict.notBefore);
    }
  }
}
