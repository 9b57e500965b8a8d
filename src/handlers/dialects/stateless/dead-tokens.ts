// Room: what dialects without registration have in common. In: tokens. Out: what is remembered of them. May enter: the rooms of such
// dialects beside.
import { LRUCache } from 'lru-cache';
import { growingTo } from '../../../base/growing-to.ts';

/** fpush means to remember them as long. So long the push service is not asked about a dead token, then it gets another chance. */
const keepMs = 24 * 60 * 60_000;
const mostTokens = 100_000;

/** Tokens that their push service called dead, by digest. Bounded: the one that nobody published to for longest is forgotten first. */
export class DeadTokens {
  readonly #tokens: LRUCache<string, true>;

  constructor(most = mostTokens, ttlMs = keepMs) {
    this.#tokens = new LRUCache<string, true>({ ...growingTo(most), ttl: ttlMs });
  }

  get size(): number {
    return this.#tokens.size;
  }

  has(key: string): boolean {
    return this.#tokens.get(key) === true;
  }

  add(key: string): void {
    this.#tokens.set(key, true);
  }
}
