import { steadyNow } from '../../../base/clock.ts';
import type { Log } from '../../../log/log.ts';
import type { ClaimedPush } from '../../../registry/deferred/deferred-store.ts';
import type { Dispatcher } from '../../dispatch/dispatcher.ts';
import type { PushFeed } from '../../feed/push-feed.ts';
import type { Outcome } from '../../provider/provider.ts';
import { boundByLife, buildNotBefore } from './backoff.ts';
import type { DeferredEnd } from '../waiting/deferred-end.ts';
import type { Latest } from '../waiting/latest.ts';
import type { Pace } from './pace.ts';
import { isUntried } from '../../guard/untried.ts';
import type { RateGuard } from '../restraint/rate-guard.ts';
import type { Refusals } from '../restraint/refusals.ts';
import type { DeliveryTiming } from '../timing.ts';

/** What becomes of a waiting push that was tried. */
export type Verdict =
  { readonly kind: 'ended'; readonly end: DeferredEnd } | { readonly kind: 'waits'; readonly notBefore: Date; readonly tries: number };

export interface RetrialOptions {
  readonly dispatcher: Dispatcher;
  readonly pace: Pace;
  readonly refusals: Refusals;
  readonly latest: Latest;
  readonly rateGuard: RateGuard;
  readonly timing: DeliveryTiming;
  readonly log: Log;
  readonly feed?: PushFeed | undefined;
}

/** One more try of a waiting push, and what its outcome means for the push itself and for the pace of all. */
export class Retrial {
  readonly #options: RetrialOptions;

  constructor(options: RetrialOptions) {
    this.#options = options;
  }

  /** Settles soon after the signal aborts. Rejects with DatabaseUnavailable where a dead token could not be judged. */
  async run(push: ClaimedPush, signal: AbortSignal): Promise<Verdict> {
    const { dispatcher, latest, rateGuard } = this.#options;
    if (push.expiresAt.getTime() <= steadyNow()) return this.#endUntried(push, 'expired');
    if (latest.isPast(push)) return this.#endUntried(push, 'replaced');
    if (push.kind === 'update') rateGuard.sent(push.node);
    return this.#judge(await dispatcher.send(push, { id: undefined, signal }), push);
  }

  #endUntried(push: ClaimedPush, end: 'expired' | 'replaced'): Verdict {
    const { feed } = this.#options;
    if (feed?.isFollowed === true) feed.tell({ id: push.id, device: push.device, step: 'outcome', outcome: end });
    return { kind: 'ended', end };
  }

  #judge(outcome: Outcome, push: ClaimedPush): Verdict {
    const { pace, refusals, latest, timing } = this.#options;
    if (outcome.kind === 'retry') return this.#failed(outcome, push);
    pace.succeeded();
    switch (outcome.kind) {
      case 'accepted':
        refusals.accepted();
        latest.delivered(push);
        return { kind: 'ended', end: 'delivered' };
      case 'gone':
        return { kind: 'ended', end: 'gone' };
      case 'rejected':
        if (refusals.refused(push.id)) return this.#giveUp(push, outcome.reason);
        return this.#wait(push, push.tries + 1, boundByLife(push, timing.refusedMs));
    }
  }

  #failed(outcome: Extract<Outcome, { kind: 'retry' }>, push: ClaimedPush): Verdict {
    if (outcome.onlyThis !== true) this.#options.pace.troubled();
    return isUntried(outcome) ? this.#wait(push, push.tries, 0) : this.#wait(push, push.tries + 1, outcome.afterMs ?? 0);
  }

  #wait(push: ClaimedPush, tries: number, afterMs: number): Verdict {
    const notBefore = buildNotBefore({ ...push, tries }, afterMs, new Date(steadyNow()), this.#options.timing);
    return notBefore === undefined ? { kind: 'ended', end: 'expired' } : { kind: 'waits', notBefore, tries };
  }

  #giveUp({ id, provider, tries }: ClaimedPush, reason: string): Verdict {
    this.#options.log.warn('push-given-up', { provider, push: id, reason, tries: tries + 1 });
    return { kind: 'ended', end: 'dropped' };
  }
}
