// Room: a push gets an id and an end; what is not taken now is kept. In: a publish. Out: accepted, kept, gone or refused. May enter:
// handlers, app.
import { steadyNow } from '../../base/clock.ts';
import type { DeferredPush } from '../../registry/deferred/deferred-store.ts';
import type { Device } from '../../registry/devices/device.ts';
import { DatabaseUnavailable } from '../../registry/registry.ts';
import type { PushFeed } from '../feed/push-feed.ts';
import type { Cause, Dispatcher } from '../dispatch/dispatcher.ts';
import { kindFor } from '../dispatch/kind.ts';
import type { Notification } from '../provider/notification.ts';
import type { Outcome } from '../provider/provider.ts';
import { expiryOf, type TimesToLive } from '../dispatch/time-to-live.ts';
import { buildNotBefore } from './retrying/backoff.ts';
import type { DeferralLog } from './waiting/deferral-log.ts';
import type { DeliveryMeasurements } from './waiting/deferred-end.ts';
import type { Outbox } from './waiting/outbox.ts';
import { isUntried } from '../guard/untried.ts';
import { createPushIds } from './waiting/push-ids.ts';
import type { RateGuard } from './restraint/rate-guard.ts';
import type { Refusals } from './restraint/refusals.ts';
import type { DeliveryTiming } from './timing.ts';

/** What became of a published push. */
export type Delivered =
  | Outcome
  /** It is committed to the database and will be tried until it is worthless, or a newer one has replaced it. */
  | { readonly kind: 'deferred' };

export interface DeliveryOptions extends TimesToLive {
  readonly dispatcher: Dispatcher;
  readonly outbox: Outbox;
  readonly rateGuard: RateGuard;
  /** By provider. */
  readonly refusals: ReadonlyMap<string, Refusals>;
  readonly deferralLog: DeferralLog;
  readonly timing: DeliveryTiming;
  readonly measurements: DeliveryMeasurements | undefined;
  readonly feed?: PushFeed | undefined;
}

type Retry = Extract<Outcome, { kind: 'retry' }>;

const deferred: Delivered = { kind: 'deferred' };
const stopping = 'this instance is stopping';
const tooSoon = 'one that nobody sees was sent just before; the newest goes out when its turn comes';

/**
 * The promise behind a `result`: a push goes to its provider at once, and what that does not take now is committed to the
 * database before anybody is told so. The common way writes nothing.
 */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #nextId = createPushIds();
  #isKeepingAll = false;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** Settles soon after the signal of the cause aborts. Rejects with DatabaseUnavailable where nothing could be promised. */
  async publish(device: Device, notification: Notification, cause: Cause): Promise<Delivered> {
    const { dispatcher, rateGuard, outbox, refusals, feed } = this.#options;
    const push = this.#buildPush(device, notification, new Date(steadyNow()));
    if (feed?.isFollowed === true) feed.tell({ id: push.id, device, step: 'publish', kind: push.kind });
    if (this.#isKeepingAll && refusals.has(push.provider)) return this.#defer(push, device, 'kept', stopping);
    const heldBackMs = push.kind === 'update' ? rateGuard.take(push.node) : 0;
    if (heldBackMs > 0 && (await this.#isHeldBack(push, device, heldBackMs))) return deferred;
    const { id, expiresAt } = push;
    const outcome = await dispatcher.send({ id, device, notification, expiresAt }, cause);
    if (outcome.kind === 'retry') return this.#deferFailed(push, device, outcome);
    if (outcome.kind !== 'accepted') return outcome;
    refusals.get(device.provider)?.accepted();
    outbox.delivered(push);
    return outcome;
  }

  /** From now on nothing is tried, everything committed: another instance, or the next start, has the time for it. */
  keepAll(): void {
    this.#isKeepingAll = true;
  }

  /** What the database can't keep goes out at once: too soon is better than never. */
  async #isHeldBack(push: DeferredPush, device: Device, heldBackMs: number): Promise<boolean> {
    try {
      await this.#defer({ ...push, notBefore: new Date(steadyNow() + heldBackMs) }, device, 'held-back', tooSoon);
      return true;
    } catch (error) {
      if (error instanceof DatabaseUnavailable) return false;
      throw error;
    }
  }

  #buildPush(device: Device, notification: Notification, now: Date): DeferredPush {
    const { node, provider } = device;
    const expiresAt = expiryOf(notification, this.#options, now);
    return {
      id: this.#nextId(now),
      node,
      provider,
      kind: kindFor(device, notification),
      notification,
      publishedAt: now,
      expiresAt,
      notBefore: now,
      tries: 0,
    };
  }

  #deferFailed(push: DeferredPush, device: Device, outcome: Retry): Promise<Delivered> {
    const { deferralLog, timing } = this.#options;
    deferralLog.deferred(push.provider, outcome.reason);
    const tried = { ...push, tries: isUntried(outcome) ? 0 : 1 };
    // Where the service asks for more time than is left it stays until then: whoever published it was promised no less.
    const notBefore = buildNotBefore(tried, outcome.afterMs ?? 0, new Date(steadyNow()), timing) ?? push.expiresAt;
    return this.#defer({ ...tried, notBefore }, device, 'kept', outcome.reason);
  }

  async #defer(push: DeferredPush, device: Device, decision: 'held-back' | 'kept', reason: string): Promise<Delivered> {
    const { outbox, measurements, feed } = this.#options;
    await outbox.put(push);
    measurements?.deferred(push.provider);
    if (feed?.isFollowed === true) feed.tell({ id: push.id, device, step: 'decision', decision, reason });
    return deferred;
  }
}
