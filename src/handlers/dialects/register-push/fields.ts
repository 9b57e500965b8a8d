import type { FormField, FormValues } from '../../../xmpp/stanza/data-form.ts';
import { parseJid } from '../../../xmpp/stanza/jid.ts';
import { commandError } from '../../commands/commands.ts';
import { hash } from './handle.ts';

const longestDeviceId = 255;

export const tokenField: FormField = {
  var: 'token',
  type: 'text-single',
  label: 'Device token',
  description: 'As the push service gave it to the app',
  isRequired: true,
};

/** Not called required: Conversations calls it `android-id`. */
export const deviceIdField: FormField = {
  var: 'device-id',
  type: 'text-single',
  label: 'Device id',
  description: 'What the app calls this installation; the same again replaces its token',
};

export const mucField: FormField = {
  var: 'muc',
  type: 'jid-single',
  label: 'Group chat',
  description: 'Where the registration is for this group chat alone',
};

/** Refuses a form without one, in the condition that all three app servers have for it. */
export function readDeviceId(values: FormValues): string {
  const id = values.get(deviceIdField.var) ?? values.get('android-id');
  if (id === undefined) throw commandError('bad-payload', `missing: ${deviceIdField.var}`);
  if (/\p{Cc}/u.test(id) || Buffer.byteLength(id) > longestDeviceId) throw commandError('bad-payload', 'device-id is not a device id');
  return id;
}

/** The hash of the group chat that p2's client names by its address; undefined where it names none. */
export function readMuc(values: FormValues, deviceId: string): string | undefined {
  const text = values.get(mucField.var);
  return text === undefined ? undefined : hashOfMuc(text, mucField.var, deviceId);
}

/** The same for a client that unregisters: it may know no more of the group chat than the hash, which came with a push. */
export function readChannel(values: FormValues, deviceId: string): string | undefined {
  const text = values.get('channel');
  if (text === undefined) return readMuc(values, deviceId);
  return /^[0-9a-f]{40}$/i.test(text) ? text.toLowerCase() : hashOfMuc(text, 'channel', deviceId);
}

function hashOfMuc(text: string, field: string, deviceId: string): string {
  const muc = parseJid(text);
  if (muc === undefined || muc.local === '' || muc.resource !== '')
    throw commandError('bad-payload', `${field} is not the address of a group chat`);
  return hash(muc.bare, deviceId);
}
