import { LRUCache } from 'lru-cache';
import { growingTo } from '../../../base/growing-to.ts';
import { ownText } from '../../../base/own-text.ts';

/** Devices remembered; one that is forgotten too early gets a push too many. */
const mostDevices = 50_000;

/**
 * At most one push that nobody sees per device and interval, with a trailing edge: the first goes at once, what comes
 * within the interval waits for its end, and there the newest has taken the place of the others.
 */
export class RateGuard {
  readonly #intervalMs: number;
  readonly #clock: () => number;
  readonly #lastAt = new LRUCache<string, number>(growingTo(mostDevices));

  /** An interval of 0 lets everything through. */
  constructor(intervalMs: number, clock: () => number = () => performance.now()) {
    this.#intervalMs = intervalMs;
    this.#clock = clock;
  }

  /** How long a push to this node has to wait; at 0 it is taken as sent now. */
  take(node: string): number {
    if (this.#intervalMs === 0) return 0;
    const now = this.#clock();
    const waitMs = (this.#lastAt.get(node) ?? -Infinity) + this.#intervalMs - now;
    if (waitMs > 0) return waitMs;
    this.#note(node, now);
    return 0;
  }

  /** One that had waited goes out now. */
  sent(node: string): void {
    if (this.#intervalMs > 0) this.#note(node, this.#clock());
  }

  /** Under a text of its own: the node may be a part of all that is known of its device (own-text.ts). */
  #note(node: string, now: number): void {
    this.#lastAt.set(this.#lastAt.has(node) ? node : ownText(node), now);
  }
}
