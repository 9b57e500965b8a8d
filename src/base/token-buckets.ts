import { LRUCache } from 'lru-cache';
import { growingTo } from './growing-to.ts';
import { ownText } from './own-text.ts';

const minuteMs = 60_000;
/** Keys remembered; whoever is pushed out starts with a full allowance. */
const remembered = 50_000;

interface Bucket {
  tokens: number;
  filledAt: number;
}

/** Bounds how often something happens per key: token buckets that hold one minute's allowance, or as much as is said, in bounded memory. */
export class TokenBuckets {
  readonly #perMinute: number;
  readonly #most: number;
  readonly #buckets = new LRUCache<string, Bucket>(growingTo(remembered));

  constructor(perMinute: number, most = perMinute) {
    this.#perMinute = perMinute;
    this.#most = most;
  }

  /** Takes one from the allowance and returns 0, or takes nothing and returns in how many milliseconds there is one again. */
  take(key: string, now = performance.now()): number {
    const bucket = this.#fill(key, now);
    if (bucket.tokens < 1) return Math.ceil(((1 - bucket.tokens) / this.#perMinute) * minuteMs);
    bucket.tokens -= 1;
    return 0;
  }

  /** Undoes one `take` that went through. */
  giveBack(key: string): void {
    const bucket = this.#buckets.get(key);
    if (bucket !== undefined) bucket.tokens = Math.min(this.#most, bucket.tokens + 1);
  }

  #fill(key: string, now: number): Bucket {
    const bucket = this.#buckets.get(key) ?? this.#add(key, { tokens: this.#most, filledAt: now });
    bucket.tokens = Math.min(this.#most, bucket.tokens + ((now - bucket.filledAt) / minuteMs) * this.#perMinute);
    bucket.filledAt = now;
    return bucket;
  }

  #add(key: string, bucket: Bucket): Bucket {
    this.#buckets.set(ownText(key), bucket);
    return bucket;
  }
}
