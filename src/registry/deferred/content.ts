import { hkdfSync, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { emptyNotification, type Notification } from '../../push/provider/notification.ts';
import type { DeferredKind, DeferredPush } from './deferred-store.ts';
import { buildSealingKey, seal, unseal } from '../credentials/seal.ts';

const keyBytes = 32;
const text = z.string().optional();
const media = z.array(z.string());

/** Written as JSON, which has no word for undefined: those fields are absent. */
const notificationSchema = z.object({
  messageCount: z.number().optional(),
  pendingSubscriptionCount: z.number().optional(),
  sender: text,
  body: text,
  nickname: text,
  encrypted: z
    .object({ payload: z.string(), iv: z.string(), type: text })
    .transform(({ payload, iv, type }) => ({ payload, iv, type }))
    .optional(),
  priority: z.enum(['high', 'low']).optional(),
  jingle: z
    .object({ sid: text, action: text, media })
    .transform(({ sid, action, media }) => ({ sid, action, media }))
    .optional(),
  meet: z
    .object({ id: text, jid: text, media })
    .transform(({ id, jid, media }) => ({ id, jid, media }))
    .optional(),
  event: text,
});

type Place = Pick<DeferredPush, 'node' | 'kind' | 'id'>;

/** What was published, as it lies in the database. */
export interface DeferredContents {
  seal(push: Place & Pick<DeferredPush, 'notification'>): Buffer;
  /** Undefined where it was sealed with another secret, for another push, or by a program that writes it otherwise. */
  open(sealed: Buffer, place: Place): Notification | undefined;
}

/** Instances with the same secret open each other's; without one only this instance opens its own. */
export function buildDeferredContents(secret: string | undefined): DeferredContents {
  const root = secret ?? randomBytes(keyBytes);
  const key = buildSealingKey(Buffer.from(hkdfSync('sha256', root, '', 'reveille deferred pushes', keyBytes)));
  return {
    seal: (push) => seal(Buffer.from(JSON.stringify(push.notification)), nameOf(push), key),
    open: (sealed, place) => {
      const content = unseal(sealed, nameOf(place), key);
      return content === undefined ? undefined : parseNotification(content.toString());
    },
  };
}

/** Wakes the device, which then asks its server for what can't be said here. */
export function buildContentless(kind: DeferredKind): Notification {
  return { ...emptyNotification, priority: kind === 'update' ? 'low' : 'high' };
}

function nameOf({ node, kind, id }: Place): string {
  return ['deferred', node, kind, id].join('\n');
}

/** It is authentic, so a Reveille wrote it, but maybe one of another version. */
function parseNotification(json: string): Notification | undefined {
  const { data } = notificationSchema.safeParse(JSON.parse(json));
  return data === undefined ? undefined : { ...emptyNotification, ...data };
}
