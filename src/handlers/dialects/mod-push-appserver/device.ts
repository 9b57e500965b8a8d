import { randomBytes } from 'node:crypto';
import type { Registration } from '../../../registry/devices/device.ts';
import { CommandRefusal } from '../../commands/command.ts';
import { type CheckToken, isToken } from '../../registration/device-fields.ts';

/** Provider ids by mod_push_appserver's push types. */
export interface ProviderTypes {
  readonly apns?: string | undefined;
  readonly fcm?: string | undefined;
}

export interface FieldRules {
  readonly providers: ProviderTypes;
  readonly checkToken: CheckToken;
}

/** The text of a field; undefined where it is absent or empty. */
export type ReadField = (name: 'node' | 'token' | 'type') => string | undefined;

/** The name under which a device remembers this dialect. */
export const dialect = 'mod_push_appserver';

export const registerCommand = 'v1-register-push';
export const unregisterCommand = 'v1-unregister-push';

const secretBytes = 24;
/** What its clients send: a UUID (identifierForVendor) or sixteen hexadecimal digits (ANDROID_ID). */
const stableId = /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/;

/** What the client calls its registration; its node is another, which nobody can guess from the device. */
export function handleOf(id: string): string {
  return `${dialect} ${id}`;
}

/** Provider id and the client's own stable id. Throws a CommandRefusal that completes "this can't be used:". */
export function readKey(read: ReadField, { providers }: Pick<FieldRules, 'providers'>): { readonly provider: string; readonly id: string } {
  const missing = (['type', 'node'] as const).filter((name) => read(name) === undefined);
  if (missing.length > 0) throw new CommandRefusal(`missing: ${missing.join(', ')}`);
  const type = read('type');
  const provider = type === 'apns' || type === 'fcm' ? providers[type] : undefined;
  const known = (['apns', 'fcm'] as const).filter((name) => providers[name] !== undefined);
  if (provider === undefined) throw new CommandRefusal(`unknown type; known here: ${known.join(', ')}`);
  const id = read('node') ?? '';
  if (!stableId.test(id)) throw new CommandRefusal('node is to be 1 to 255 printable characters of ASCII');
  return { provider, id };
}

/** A whole registration, but for its owner and handle; the secret is for a new device. Throws as {@link readKey}. */
export function readDevice(read: ReadField, rules: FieldRules): Omit<Registration, 'dialect' | 'owner'> & { readonly id: string } {
  if (read('token') === undefined) {
    const missing = (['type', 'node', 'token'] as const).filter((name) => read(name) === undefined);
    throw new CommandRefusal(`missing: ${missing.join(', ')}`);
  }
  const { provider, id } = readKey(read, rules);
  const verdict = rules.checkToken(provider, read('token') ?? '');
  if (verdict.kind === 'refused') throw new CommandRefusal(`token ${verdict.reason}`);
  if (!isToken(verdict.token)) throw new CommandRefusal('token is not a device token');
  const secret = randomBytes(secretBytes).toString('base64url');
  return { provider, id, token: verdict.token, secondToken: undefined, secret };
}
