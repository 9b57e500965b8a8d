import type { Notification, Push } from '../../src/index.ts';
import { shortenBody } from './body.ts';

const alertText = 'New message!';
const maxBytes = 4096;
/** What does not fit is dropped whole, in this order. A sender alone can exceed the limit: a JID may have 3071 bytes. */
const droppable: readonly (readonly (keyof PayloadKeys)[])[] = [['body'], ['encrypted', 'iv'], ['sender']];

/** What of a plain message may leave for Apple. */
export interface Privacy {
  readonly content: 'full' | 'sender' | 'none';
  readonly requireEncryption: boolean;
}

/** A push as APNs takes it, but for its address. */
export interface ApnsMessage {
  readonly case: string;
  readonly pushType: 'alert' | 'background';
  /** Apple accepts background pushes with priority 5 only. */
  readonly priority: '10' | '5';
  readonly payload: string;
}

/** The keys beside `aps`; the names are those the clients read. */
interface PayloadKeys {
  account: string;
  'unread-messages'?: number;
  sender?: string;
  body?: string;
  encrypted?: string;
  iv?: string;
}

/** One kind of notification and its push. The first that matches is sent; the last matches everything. */
interface PushCase {
  readonly name: string;
  matches(notification: Notification): boolean;
  build(push: Push, privacy: Privacy): Omit<ApnsMessage, 'case'>;
}

const cases: readonly PushCase[] = [
  { name: 'read-elsewhere', matches: isReadElsewhere, build: (push) => buildBackground({ account: push.account, 'unread-messages': 0 }) },
  { name: 'encrypted', matches: ({ encrypted }) => encrypted !== undefined, build: (push) => buildAlert(encryptedKeys(push)) },
  { name: 'message', matches: () => true, build: (push, privacy) => buildAlert(plainKeys(push, privacy)) },
];

export function buildMessage(push: Push, privacy: Privacy): ApnsMessage {
  for (const row of cases) if (row.matches(push.notification)) return { case: row.name, ...row.build(push, privacy) };
  throw new Error('the last case matches everything');
}

function isReadElsewhere({ messageCount, sender, body, encrypted }: Notification): boolean {
  return messageCount === 0 && sender === undefined && body === undefined && encrypted === undefined;
}

function encryptedKeys({ account, notification }: Push): PayloadKeys {
  const { payload = '', iv = '' } = notification.encrypted ?? {};
  return { account, ...unread(notification), encrypted: payload, iv };
}

function plainKeys({ account, notification }: Push, { content, requireEncryption }: Privacy): PayloadKeys {
  const { sender, body } = notification;
  const allowed = requireEncryption ? 'none' : content;
  return {
    account,
    ...unread(notification),
    ...(sender === undefined || allowed === 'none' ? {} : { sender }),
    ...(body === undefined || allowed !== 'full' ? {} : { body: shortenBody(body) }),
  };
}

function unread({ messageCount }: Notification): Pick<PayloadKeys, 'unread-messages'> {
  return messageCount === undefined ? {} : { 'unread-messages': messageCount };
}

/** `mutable-content` lets the app's extension write the real text; where it can't, the alert is what the user sees. */
function buildAlert(keys: PayloadKeys): Omit<ApnsMessage, 'case'> {
  const aps = { alert: alertText, 'mutable-content': 1, 'content-available': 1, sound: 'default' };
  return { pushType: 'alert', priority: '10', payload: fit(aps, keys) };
}

function buildBackground(keys: PayloadKeys): Omit<ApnsMessage, 'case'> {
  return { pushType: 'background', priority: '5', payload: fit({ 'content-available': 1 }, keys) };
}

function fit(aps: Readonly<Record<string, unknown>>, keys: PayloadKeys): string {
  let kept: Partial<PayloadKeys> = keys;
  let payload = JSON.stringify({ aps, ...kept });
  for (const names of droppable) {
    if (Buffer.byteLength(payload) <= maxBytes) break;
    kept = Object.fromEntries(Object.entries(kept).filter(([name]) => !names.includes(name as keyof PayloadKeys)));
    payload = JSON.stringify({ aps, ...kept });
  }
  return payload;
}
