import type { Push, Sealed } from '../../../src/index.ts';
import { readCallSignal } from '../../payload/call.ts';
import { kindOf, type PushKind } from '../push-kind.ts';

const title = 'New Message';

export interface SealedPayload {
  readonly kind: PushKind;
  readonly payload: string;
}

/**
 * What a user's server encrypted itself, as apps made for Snikket's relay of Push 2.0 read it: an alert whose text the app's extension
 * replaces by what it decrypts from `rfc8291`. What is too long for Apple is left out, and the app fetches what came.
 */
export function buildSealedPayload(push: Push, { message }: Sealed): SealedPayload {
  const { notification } = push;
  const kind = kindOf(readCallSignal(notification) === 'none' ? 'show' : 'ring', push);
  const aps = { alert: { title }, 'mutable-content': 1 };
  const bare = JSON.stringify({ aps });
  const full = message === undefined ? bare : JSON.stringify({ aps, rfc8291: message.toString('base64') });
  return {
    // Apple takes calls with priority 10 only.
    kind: notification.priority === 'high' || kind.pushType === 'voip' ? kind : { ...kind, priority: '5' },
    payload: Buffer.byteLength(full) <= kind.maxBytes ? full : bare,
  };
}
