import { LRUCache } from 'lru-cache';
import { growingTo } from '../../../src/base/growing-to.ts';

/** Push services whose standing is remembered. */
const mostRemembered = 10_000;
/** After so many requests in a row without an answer a service has to earn its standing anew. */
const mostUnanswered = 20;
/** Pushes under way at one service that has not taken any yet, at all such services together, and at one that has. */
const usualPlaces: Places = { newcomer: 600, newcomers: 1_000, proven: 2_500 };

export interface Places {
  readonly newcomer: number;
  readonly newcomers: number;
  readonly proven: number;
}

/**
 * Bounds the pushes under way for each service, and for all together that never took a push or stopped answering: whoever registers
 * addresses that hang fills the places of those that hang.
 */
export class Admission {
  readonly #places: Places;
  readonly #proven = new LRUCache<string, { unanswered: number }>(growingTo(mostRemembered));
  readonly #inside = new Map<string, number>();
  #newcomers = 0;

  constructor(places = usualPlaces) {
    this.#places = places;
  }

  isProven(origin: string): boolean {
    return this.#proven.has(origin);
  }

  /** Undefined where there is no place; else whoever entered leaves once, saying what the service did. */
  enter(origin: string): ((end: 'accepted' | 'answered' | 'unanswered') => void) | undefined {
    const inside = this.#inside.get(origin) ?? 0;
    const isNewcomer = !this.isProven(origin);
    const { newcomer, newcomers, proven } = this.#places;
    if (inside >= (isNewcomer ? newcomer : proven) || (isNewcomer && this.#newcomers >= newcomers)) return undefined;
    this.#inside.set(origin, inside + 1);
    if (isNewcomer) this.#newcomers += 1;
    return (end) => {
      if (isNewcomer) this.#newcomers -= 1;
      this.#left(origin);
      this.#judge(origin, end);
    };
  }

  #left(origin: string): void {
    const inside = (this.#inside.get(origin) ?? 1) - 1;
    if (inside === 0) this.#inside.delete(origin);
    else this.#inside.set(origin, inside);
  }

  #judge(origin: string, end: 'accepted' | 'answered' | 'unanswered'): void {
    const standing = this.#proven.get(origin);
    if (standing === undefined) {
      if (end === 'accepted') this.#proven.set(origin, { unanswered: 0 });
    } else if (end !== 'unanswered') standing.unanswered = 0;
    else if ((standing.unanswered += 1) >= mostUnanswered) this.#proven.delete(origin);
  }
}
