import { TokenBuckets } from '../../base/token-buckets.ts';
import type { Jid } from '../../xmpp/stanza/jid.ts';
import { StanzaError } from '../../xmpp/stanza/stanza-error.ts';

/** A domain has room for ten owners at their limit. */
const ownersPerDomain = 10;

/** Bounds registrations per owner and per domain. */
export class RegistrationRate {
  readonly #owners: TokenBuckets;
  readonly #domains: TokenBuckets;

  constructor(perMinute: number) {
    this.#owners = new TokenBuckets(perMinute);
    this.#domains = new TokenBuckets(perMinute * ownersPerDomain);
  }

  /** Takes one registration from the allowance; refuses by throwing a StanzaError where none is left. */
  take({ bare, domain }: Jid, now = performance.now()): void {
    if (this.#owners.take(bare, now) > 0) throw refusal();
    if (this.#domains.take(domain, now) === 0) return;
    this.#owners.giveBack(bare);
    throw refusal();
  }
}

const refusal = () => new StanzaError('resource-constraint', 'too many registrations; try again in a minute');
