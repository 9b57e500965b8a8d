import type { TokenVerdict } from '../../src/index.ts';
import type { Strangers } from './strangers/strangers.ts';
import { parseSubscription, spellSubscription } from './subscription.ts';

/** What is taken for a subscription here. */
export interface TokenRules {
  readonly strangers: Strangers;
  readonly allowUnencrypted: boolean;
}

const noKeys = 'has no keys (p256dh and auth), and unencrypted endpoints are not allowed here';

/** Contract of `Provider.checkToken`. A name is not resolved yet: that is done for each connection. */
export function checkSubscription(text: string, { strangers, allowUnencrypted }: TokenRules): TokenVerdict {
  const tidy = text.trim();
  const known = nameMistake(tidy);
  if (known !== undefined) return { kind: 'refused', reason: known };
  const parsed = parseSubscription(tidy);
  if (parsed.kind === 'refused') return parsed;
  const { subscription } = parsed;
  const refusal = strangers.refusalOf(subscription.endpoint);
  if (refusal !== undefined) return { kind: 'refused', reason: `names an endpoint that ${refusal}` };
  if (subscription.keys === undefined && !allowUnencrypted) return { kind: 'refused', reason: noKeys };
  return { kind: 'token', token: spellSubscription(subscription) };
}

/** Why nothing can be sent to a subscription that was taken once, by other rules perhaps. What is sealed already needs no keys. */
export function describeObstacle(
  { endpoint, keys }: { readonly endpoint: URL; readonly keys: unknown },
  { strangers, allowUnencrypted }: TokenRules,
  isSealed = false,
): string | undefined {
  const refusal = strangers.refusalOf(endpoint);
  if (refusal !== undefined) return `the endpoint ${refusal}`;
  return keys === undefined && !allowUnencrypted && !isSealed ? `the device ${noKeys}` : undefined;
}

function nameMistake(text: string): string | undefined {
  if (/^<?[0-9a-f]{64}>?$/i.test(text.replace(/\s+/g, ''))) return 'looks like a token of APNs: take the PushSubscription or the endpoint';
  if (/^[\w-]{11,}:[\w-]{60,}$/.test(text)) return 'looks like a token of FCM: take the PushSubscription or the endpoint';
  return undefined;
}
