import type { FormField, FormValues } from '../xmpp/data-form.ts';
import { commandError } from './commands.ts';

/** Longer than any token of any push service; keeps nonsense out of the database. */
const longestToken = 4096;

/** Fields of `register-device` and `unregister-device`: Tigase's names, which its clients send. */
export function providerField(providerIds: readonly string[]): FormField {
  return {
    var: 'provider',
    type: 'list-single',
    label: 'Provider',
    description: 'The push service of the app',
    isRequired: true,
    options: providerIds.map((id) => ({ label: id, value: id })),
  };
}

export const tokenField: FormField = {
  var: 'device-token',
  type: 'text-single',
  label: 'Device token',
  description: 'As the push service gave it to the app',
  isRequired: true,
};

export const secondTokenField: FormField = {
  var: 'device-second-token',
  type: 'text-single',
  label: 'Second device token',
  description: 'For calls (PushKit), where the app has one',
};

export function readProvider(values: FormValues, providerIds: readonly string[]): string {
  const provider = values.get(providerField([]).var) ?? '';
  if (!providerIds.includes(provider)) throw commandError('bad-payload', `unknown provider; known here: ${providerIds.join(', ')}`);
  return provider;
}

/** A token field's value; undefined where the form has none. */
export function readToken(values: FormValues, field: FormField): string | undefined {
  const token = values.get(field.var);
  if (token === undefined) return undefined;
  if (token.length > longestToken || !/^[\x21-\x7e]+$/.test(token)) throw commandError('bad-payload', `${field.var} is not a device token`);
  return token;
}
