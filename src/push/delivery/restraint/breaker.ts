import type { Outcome } from '../../provider/provider.ts';
import type { DeliveryTiming } from '../timing.ts';

/** Failures in a row, without one answer of substance between, that open it. */
const failuresToOpen = 10;
/** A service that asks for more is asked again all the same: its clock or ours may be wrong. */
const longestAskedMs = 600_000;

/** Leave to try one push; whoever has it ends it or gives it back, once. */
export interface Permit {
  /** `device` tells pushes to one device from pushes to many. */
  end(outcome: Outcome, device: string): void;
  /** The service was not asked. */
  giveBack(): void;
}

export interface BreakerOptions extends Pick<DeliveryTiming, 'firstOpenMs' | 'longestOpenMs'> {
  readonly clock?: () => number;
  readonly random?: () => number;
  /** Hears of each opening, with the reason, and of each closing. */
  readonly onTurn?: (reason: string | undefined) => void;
}

/**
 * Keeps pushes from a service that fails them all. Opens after ten failures in a row; once its time is over it lets one
 * push through as a probe, and closes when the service answers that one: also a refusal says that the service is there.
 */
export class Breaker {
  readonly #options: BreakerOptions;
  /** Devices of the row that the service asked to be spared for a while: each counts once. */
  readonly #spared = new Set<string>();
  /** The same for all: one is given out with every push. */
  readonly #ordinary: Permit = { end: (outcome, device) => this.#end(outcome, device, false), giveBack: () => undefined };
  readonly #probe: Permit = {
    end: (outcome, device) => {
      this.#isProbing = false;
      this.#end(outcome, device, true);
    },
    giveBack: () => {
      this.#isProbing = false;
    },
  };
  #failures = 0;
  #askedMs = 0;
  #openings = 0;
  #openUntil = 0;
  #reason: string | undefined;
  #isProbing = false;

  constructor(options: BreakerOptions) {
    this.#options = options;
  }

  /** Why it is open; undefined while it is closed. */
  get reason(): string | undefined {
    return this.#reason;
  }

  /** Time until the next push may be tried; 0 where it may be now, Infinity while a probe is under way. */
  get waitMs(): number {
    if (this.#reason === undefined) return 0;
    return this.#isProbing ? Infinity : Math.max(0, this.#openUntil - this.#now());
  }

  /** Undefined where no push may be tried now. */
  begin(): Permit | undefined {
    if (this.waitMs > 0) return undefined;
    this.#isProbing = this.#reason !== undefined;
    return this.#isProbing ? this.#probe : this.#ordinary;
  }

  #end(outcome: Outcome, device: string, isProbe: boolean): void {
    if (outcome.kind !== 'retry') return this.#close();
    // It says nothing of the service: an open breaker tries the next device.
    if (outcome.onlyThis === true) return;
    // What was under way when it opened says nothing new.
    if (this.#reason !== undefined && !isProbe) return;
    if (!this.#counts(outcome, device)) return;
    this.#failures += 1;
    this.#askedMs = Math.max(this.#askedMs, outcome.afterMs ?? 0);
    const hasProbeFailed = isProbe && this.#reason !== undefined;
    if (hasProbeFailed || this.#failures >= failuresToOpen) this.#open(outcome.reason);
  }

  /** A service that throttles one device is well: such failures count once for each device. */
  #counts({ afterMs }: Extract<Outcome, { kind: 'retry' }>, device: string): boolean {
    if (afterMs === undefined || this.#reason !== undefined) return true;
    if (this.#spared.has(device)) return false;
    this.#spared.add(device);
    return true;
  }

  #open(reason: string): void {
    const { firstOpenMs, longestOpenMs, random = Math.random, onTurn } = this.#options;
    const fullMs = Math.min(longestOpenMs, firstOpenMs * 2 ** Math.min(this.#openings, 16));
    const wasClosed = this.#reason === undefined;
    this.#openings += 1;
    this.#openUntil = this.#now() + Math.max(fullMs * (0.5 + 0.5 * random()), Math.min(this.#askedMs, longestAskedMs));
    this.#reason = reason;
    this.#forget();
    if (wasClosed) onTurn?.(reason);
  }

  #close(): void {
    this.#forget();
    if (this.#reason === undefined) return;
    this.#reason = undefined;
    this.#openings = 0;
    this.#options.onTurn?.(undefined);
  }

  #forget(): void {
    this.#failures = 0;
    this.#askedMs = 0;
    this.#spared.clear();
  }

  #now(): number {
    return (this.#options.clock ?? (() => performance.now()))();
  }
}
