// Room: what holds pushes back: breaker, rates, refusals. In: outcomes. Out: whether to try. May enter: delivery.
import type { Log } from '../../../log/log.ts';
import type { ProviderGuard } from '../../guard/provider-guard.ts';
import { breakerOpen, busy } from '../../guard/untried.ts';
import type { Outcome, Provider, ProviderStatus, Push } from '../../provider/provider.ts';
import { Breaker } from './breaker.ts';
import type { DeliveryTiming } from '../timing.ts';

export interface ProviderBreakerOptions {
  readonly name: string;
  readonly log: Log;
  readonly timing: DeliveryTiming;
  /** Hears of each opening. */
  readonly onOpen: () => void;
}

/** A guarded provider behind its breaker: while that is open no push reaches it, and its status says why. */
export class ProviderBreaker implements Provider {
  readonly breaker: Breaker;
  readonly #guard: ProviderGuard;

  constructor(guard: ProviderGuard, { name, log, timing, onOpen }: ProviderBreakerOptions) {
    this.#guard = guard;
    const { firstOpenMs, longestOpenMs } = timing;
    const onTurn = (reason: string | undefined) => {
      if (reason === undefined) log.info('breaker-closed', { provider: name });
      else log.warn('breaker-open', { provider: name, reason });
      if (reason !== undefined) onOpen();
    };
    this.breaker = new Breaker({ firstOpenMs, longestOpenMs, onTurn });
  }

  get identity(): string {
    return this.#guard.identity;
  }

  get inFlight(): number {
    return this.#guard.inFlight;
  }

  /** Never rejects. Settles at once with an outcome for which {@link isUntried} holds where the push is not given away. */
  push(push: Push, signal: AbortSignal): Promise<Outcome> {
    const permit = this.breaker.begin();
    if (permit === undefined) return Promise.resolve(breakerOpen);
    return this.#guard.push(push, signal).then((outcome) => {
      if (outcome === busy || mayBeUnasked(outcome, push)) permit.giveBack();
      else permit.end(outcome, push.token);
      return outcome;
    });
  }

  status(): ProviderStatus {
    const status = this.#guard.status();
    const { reason } = this.breaker;
    if (reason === undefined || !status.ready) return status;
    return { ...status, ready: false, reason: `the push service fails, last: ${reason}` };
  }

  advise(reason: string): string | undefined {
    return this.#guard.advise(reason);
  }

  close(): Promise<void> {
    return this.#guard.close();
  }
}

/** A push whose end came on its way is refused by its provider alone: that says nothing of the service. */
function mayBeUnasked({ kind }: Outcome, { expiresAt }: Push): boolean {
  return kind === 'rejected' && expiresAt.getTime() <= Date.now();
}
