import { createPushIds } from '../../../src/push/delivery/waiting/push-ids.ts';
import { emptyNotification, type Notification } from '../../../src/push/provider/notification.ts';
import type { DeferredPush } from '../../../src/registry/deferred/deferred-store.ts';
import type { Device } from '../../../src/registry/devices/device.ts';

const hourMs = 3_600_000;
const nextId = createPushIds();

/** Every field filled, with what JSON likes least. */
export const fullNotification: Notification = {
  messageCount: 3,
  pendingSubscriptionCount: 0,
  sender: 'romeo@example.net/orchard',
  body: 'Wherefore art thou? \u{1f339} "\\\u2028',
  nickname: 'Röm',
  encrypted: { payload: 'cGF5bG9hZA==', iv: 'aXY=', type: undefined },
  priority: 'high',
  jingle: { sid: 'sid', action: 'session-initiate', media: ['audio', 'video'] },
  meet: { id: undefined, jid: 'meet@example.org', media: [] },
  event: 'account-removed',
};

/** A message for a device that has been due for a moment. */
export function buildDeferred({ node, provider }: Pick<Device, 'node' | 'provider'>, changes: Partial<DeferredPush> = {}): DeferredPush {
  const now = Date.now();
  return {
    id: nextId(new Date()),
    node,
    provider,
    kind: 'message',
    notification: { ...emptyNotification, body: 'Wherefore art thou?' },
    publishedAt: new Date(now - 2_000),
    expiresAt: new Date(now + hourMs),
    notBefore: new Date(now - 1_000),
    tries: 1,
    ...changes,
  };
}

export const fromNow = (ms: number): Date => new Date(Date.now() + ms);
