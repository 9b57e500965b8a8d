import { createHash } from 'node:crypto';
import type { CommandDialect } from './choose-dialect.ts';

/** What a client calls a registration. White space in a device id, which nobody has seen yet, must not look like the space between. */
export function buildHandle(dialect: CommandDialect, deviceId: string, channel: string | undefined): string {
  const parts = [dialect, deviceId.replace(/[\s%]/g, encodeURIComponent)];
  return (channel === undefined ? parts : [...parts, channel]).join(' ');
}

/** What p2's apps look for in a push, to find the account and the group chat: they compute the same. */
export function buildKeys(account: string, deviceId: string, channel: string | undefined): Readonly<Record<string, string>> {
  const keys = { account: hash(account, deviceId) };
  return channel === undefined ? keys : { ...keys, channel };
}

/** COMPAT(Conversations): SHA-1 of a bare JID, NUL and the device id, in hexadecimal. */
export function hash(bareJid: string, deviceId: string): string {
  return createHash('sha1').update(`${bareJid}\0${deviceId}`).digest('hex');
}
