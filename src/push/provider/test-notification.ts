import { randomBytes, randomUUID } from 'node:crypto';
import { emptyNotification, type Notification } from './notification.ts';

/** What a test push is about. */
export type TestContent =
  | { readonly kind: 'message'; readonly body: string | undefined; readonly sender: string | undefined }
  | { readonly kind: 'silent' }
  | { readonly kind: 'call' };

const defaultBody = 'Test push from Reveille';
const payloadBytes = 48;
/** As AES-GCM takes it, which tigase:push:encrypt:0 prescribes. */
const ivBytes = 12;

/** The notification as a server would publish it; a message without a sender is from the component itself. */
export function buildTestNotification(content: TestContent, component: string): Notification {
  switch (content.kind) {
    case 'message':
      return { ...emptyNotification, messageCount: 1, sender: content.sender ?? component, body: content.body ?? defaultBody };
    case 'silent':
      return { ...emptyNotification, priority: 'low' };
    case 'call':
      return buildCall();
    default:
      return content satisfies never;
  }
}

/** Only an encrypted call can ring. Nobody but server and app has the key, so the app finds this one unreadable. */
function buildCall(): Notification {
  const encrypted = { payload: base64(payloadBytes), iv: base64(ivBytes), type: 'voip' };
  return { ...emptyNotification, encrypted, priority: 'high', jingle: { sid: randomUUID(), action: 'propose', media: ['audio'] } };
}

function base64(bytes: number): string {
  return randomBytes(bytes).toString('base64');
}
