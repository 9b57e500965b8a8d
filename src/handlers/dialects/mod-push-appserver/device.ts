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

/** The push type and the client's own stable id. Throws a CommandRefusal that says in words what is wrong. */
export function readKey(read: ReadField): { readonly type: keyof ProviderTypes; readonly id: string } {
  const [type = '', id = ''] = readAll(read, ['type', 'node']);
  if (type !== 'apns' && type !== 'fcm') throw new CommandRefusal('type is to be apns or fcm');
  if (!stableId.test(id)) throw new CommandRefusal('node is to be 1 to 255 printable characters of ASCII');
  return { type, id };
}

/** A whole registration, but for its owner and handle; the secret is for a new device. Throws as {@link readKey}. */
export function readDevice(
  read: ReadField,
  { providers, checkToken }: FieldRules,
): Omit<Registration, 'dialect' | 'owner'> & { readonly id: string } {
  const [, , text = ''] = readAll(read, ['type', 'node', 'token']);
  const { type, id } = readKey(read);
  const provider = providers[type];
  if (provider === undefined) throw new CommandRefusal(`no devices of type ${type} here`);
  const verdict = checkToken(provider, text);
  if (verdict.kind === 'refused') throw new CommandRefusal(`token ${verdict.reason}`);
  if (!isToken(verdict.token)) throw new CommandRefusal('token is not a device token');
  const secret = randomBytes(secretBytes).toString('base64url');
  return { provider, id, token: verdict.token, secondToken: undefined, secret };
}

function readAll(read: ReadField, names: readonly Parameters<ReadField>[0][]): readonly (string | undefined)[] {
  const values = names.map(read);
  const missing = names.filter((_, index) => values[index] === undefined);
  if (missing.length > 0) throw new CommandRefusal(`missing: ${missing.join(', ')}`);
  return values;
}
