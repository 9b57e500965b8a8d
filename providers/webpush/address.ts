import type { AddressVerdict } from '../../src/index.ts';
import type { Strangers } from './strangers/strangers.ts';
import { parseSubscription } from './subscription.ts';

/** Contract of `Provider.readAddress`: an endpoint, without keys of a subscription, which only the user's server needs. None has a fragment. */
export function readAddress(text: string, strangers: Strangers): AddressVerdict | undefined {
  if (text.startsWith('{') || text.includes('#')) return undefined;
  const parsed = parseSubscription(text);
  if (parsed.kind === 'refused') return undefined;
  const { endpoint } = parsed.subscription;
  const reason = strangers.refusalOf(endpoint);
  return reason === undefined ? { kind: 'address', token: endpoint.href, credentials: 'theirs' } : { kind: 'refused', reason };
}
