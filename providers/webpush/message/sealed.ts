import type { Push, Sealed } from '../../../src/index.ts';
import { ttlOf, type WebpushMessage } from './message.ts';

const nothing = Buffer.alloc(0);

/** What a user's server encrypted itself, as it came. It replaces nothing: only the app can tell what it is about. */
export function buildSealedMessage(
  { notification, expiresAt }: Pick<Push, 'notification' | 'expiresAt'>,
  sealed: Sealed,
  now: number,
): WebpushMessage {
  const { message } = sealed;
  return {
    urgency: notification.priority ?? 'normal',
    topic: undefined,
    ttlSeconds: ttlOf(expiresAt, now),
    body: message ?? nothing,
    isEncrypted: message !== undefined,
  };
}

/** RFC 8292 §3, with the token that the user's server signed; undefined where it signed none. */
export function authorizationOf({ vapid }: Sealed): string | undefined {
  return vapid === undefined ? undefined : `vapid t=${vapid.token}, k=${vapid.key}`;
}
