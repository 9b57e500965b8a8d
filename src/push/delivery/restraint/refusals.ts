import { LRUCache } from 'lru-cache';
import { growingTo } from '../../../base/growing-to.ts';

/** Refusals of one push, while others are accepted, until it is given up. */
const strikesToGiveUp = 3;
/** So long ago another push must have been accepted at most, for a refusal to be the fault of the push. */
const acceptedWithinMs = 120_000;
const mostPushes = 10_000;

/**
 * Tells pushes that no service will ever take from credentials that are refused for a while: only a push that is refused
 * time and again while others are accepted is given up.
 */
export class Refusals {
  readonly #clock: () => number;
  readonly #strikes = new LRUCache<string, number>(growingTo(mostPushes));
  #acceptedAt = -Infinity;

  constructor(clock: () => number = () => performance.now()) {
    this.#clock = clock;
  }

  /** A push of this provider was accepted. */
  accepted(): void {
    this.#acceptedAt = this.#clock();
  }

  /** This push was refused; true where it is to be given up. */
  refused(id: string): boolean {
    if (this.#clock() - this.#acceptedAt > acceptedWithinMs) return false;
    const strikes = (this.#strikes.get(id) ?? 0) + 1;
    this.#strikes.set(id, strikes);
    return strikes >= strikesToGiveUp;
  }
}
