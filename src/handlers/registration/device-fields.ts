import type { TokenVerdict } from '../../push/provider/provider.ts';
import type { FormField, FormValues } from '../../xmpp/stanza/data-form.ts';
import { commandError } from '../commands/commands.ts';

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

/** Web Push: keys that clients may send beside the endpoint instead of a PushSubscription in JSON. No form asks for them. */
const subscriptionKeys = ['p256dh', 'auth'] as const;

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

/** What each provider says of a token; what a provider that is no longer configured would say nobody knows. */
export type CheckToken = (provider: string, text: string) => TokenVerdict;

/**
 * A token field's value as its provider wants to see it; undefined where the form has none. Refuses what can be no token, in words
 * that do not quote it.
 */
export function readToken(values: FormValues, field: FormField, check: (text: string) => TokenVerdict): string | undefined {
  const text = readText(values, field);
  if (text === undefined) return undefined;
  const verdict = check(text);
  if (verdict.kind === 'refused') throw commandError('bad-payload', `${field.var} ${verdict.reason}`);
  if (!isToken(verdict.token)) throw commandError('bad-payload', `${field.var} is not a device token`);
  return verdict.token;
}

/** An endpoint and its keys in their own fields are the subscription that they were taken from. */
function readText(values: FormValues, { var: name }: FormField): string | undefined {
  const text = values.get(name);
  const given = subscriptionKeys.filter((key) => values.has(key));
  if (text === undefined || name !== tokenField.var || given.length === 0 || text.startsWith('{')) return text;
  return JSON.stringify({ endpoint: text, keys: Object.fromEntries(given.map((key) => [key, values.get(key)])) });
}

/** For a device that is there already: it is found under what was registered, whatever its provider says of it now. */
export function readKnownToken(values: FormValues, field: FormField, check: (text: string) => TokenVerdict): string | undefined {
  return readToken(values, field, (text) => {
    const verdict = check(text);
    return verdict.kind === 'token' ? verdict : { kind: 'token', token: text };
  });
}

/** What every push service's tokens have in common. */
export function isToken(text: string): boolean {
  return text.length <= longestToken && /^[\x21-\x7e]+$/.test(text);
}
