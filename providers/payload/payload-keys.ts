import type { Notification, Push } from '../../src/index.ts';
import { shortenBody } from './body.ts';

/** What of a plain message may leave for a push service. */
export interface Privacy {
  readonly content: 'full' | 'sender' | 'none';
  readonly requireEncryption: boolean;
}

/** What the app is told; the names are those the clients read. */
export interface PayloadKeys {
  readonly account: string;
  readonly 'unread-messages'?: number;
  readonly sender?: string;
  readonly nickname?: string;
  readonly body?: string;
  readonly encrypted?: string;
  readonly iv?: string;
  /** Where the push may come by another way too. */
  readonly 'push-id'?: string;
}

/** Names that no key of the configuration may take. */
export const reservedKeys: readonly string[] = ['aps', 'account', 'unread-messages', 'sender', 'nickname', 'body', 'encrypted', 'iv'];

/** A plain message, as far as the configuration lets it leave. */
export function buildPlainKeys(push: Push, { content, requireEncryption }: Privacy): PayloadKeys {
  const { account, notification } = push;
  const { sender, nickname, body } = notification;
  const allowed = requireEncryption ? 'none' : content;
  return withoutFalseClear({
    account,
    ...unread(notification),
    ...(sender === undefined || allowed === 'none' ? {} : { sender }),
    ...(nickname === undefined || allowed === 'none' ? {} : { nickname }),
    ...(body === undefined || allowed !== 'full' ? {} : { body: shortenBody(body) }),
    ...idOf(push),
  });
}

/** What the server encrypted for the app, untouched, and nothing plain beside it. */
export function buildEncryptedKeys(push: Push): PayloadKeys {
  return withoutFalseClear(buildClearKeys(push));
}

/** "Nothing is left to read": only these may show the app an unread count of 0 and nothing else. */
export function buildClearKeys(push: Push): PayloadKeys {
  const { account, notification } = push;
  return { account, ...unread(notification), ...cipherOf(notification), ...idOf(push) };
}

/**
 * COMPAT(Siskin): an unread count of 0 without sender and body makes it clear the account's notifications. Servers send 0
 * with new messages too (Tigase counts those in the offline store), so once the rest is held back the count goes as well.
 */
export function withoutFalseClear(keys: PayloadKeys): PayloadKeys {
  if (keys.sender !== undefined || keys.body !== undefined) return keys;
  const { 'unread-messages': count, ...rest } = keys;
  return count === 0 ? rest : keys;
}

function idOf({ id, showsId }: Push): Pick<PayloadKeys, 'push-id'> {
  return showsId === true ? { 'push-id': id } : {};
}

function unread({ messageCount }: Notification): Pick<PayloadKeys, 'unread-messages'> {
  return messageCount === undefined ? {} : { 'unread-messages': messageCount };
}

function cipherOf({ encrypted }: Notification): Pick<PayloadKeys, 'encrypted' | 'iv'> {
  return encrypted === undefined ? {} : { encrypted: encrypted.payload, iv: encrypted.iv };
}
