import { LRUCache } from 'lru-cache';
import { ownText } from '../../base/own-text.ts';
import type { Jid } from '../../xmpp/stanza/jid.ts';
import { StanzaError } from '../../xmpp/stanza/stanza-error.ts';

const minuteMs = 60_000;
/** A domain has room for ten owners at their limit. */
const ownersPerDomain = 10;
/** Owners and domains remembered; whoever is pushed out starts with a full allowance. */
const remembered = 50_000;

interface Bucket {
  tokens: number;
  filledAt: number;
}

/** Bounds registrations per owner and per domain (token buckets that hold one minute's allowance). */
export class RegistrationRate {
  readonly #perMinute: number;
  readonly #buckets = new LRUCache<string, Bucket>({ max: remembered });

  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  /** Takes one registration from the allowance; refuses by throwing a StanzaError where none is left. */
  take(sender: Jid, now = performance.now()): void {
    const owner = this.#fill(sender.bare, this.#perMinute, now);
    const domain = this.#fill(sender.domain, this.#perMinute * ownersPerDomain, now);
    if (owner.tokens < 1 || domain.tokens < 1)
      throw new StanzaError('resource-constraint', 'too many registrations; try again in a minute');
    owner.tokens -= 1;
    domain.tokens -= 1;
  }

  #fill(key: string, perMinute: number, now: number): Bucket {
    const bucket = this.#buckets.get(key) ?? this.#add(key, { tokens: perMinute, filledAt: now });
    bucket.tokens = Math.min(perMinute, bucket.tokens + ((now - bucket.filledAt) / minuteMs) * perMinute);
    bucket.filledAt = now;
    return bucket;
  }

  #add(key: string, bucket: Bucket): Bucket {
    this.#buckets.set(ownText(key), bucket);
    return bucket;
  }
}
