import { types } from 'node:util';
import type { Provider } from '../provider/provider.ts';
import type { AddressVerdict } from '../provider/sealed.ts';
import { redactToken } from './redact.ts';

/**
 * What a provider says of an address, without that address in the reason; undefined where it is none of its own, or where it knows of no
 * addresses at all. Throws what the provider throws, or a TypeError where what it returned is no verdict.
 */
export function readAddressVerdict(provider: Pick<Provider, 'readAddress'>, address: string): AddressVerdict | undefined {
  const verdict = provider.readAddress?.(address) as unknown;
  return verdict === undefined ? undefined : parseVerdict(verdict, address);
}

function parseVerdict(value: unknown, address: string): AddressVerdict {
  // Nobody waits for it: what it comes to, a rejection above all, is nobody's concern.
  if (types.isPromise(value)) value.catch(() => undefined);
  const fields = (typeof value === 'object' && value !== null ? value : {}) as Partial<Record<string, unknown>>;
  const { kind, token, secondToken, remembered, credentials, reason } = fields;
  if (kind === 'refused' && isText(reason)) return { kind, reason: redactToken(reason, address) };
  const isAddress = kind === 'address' && isText(token) && isOptional(secondToken) && isOptional(remembered);
  if (isAddress && (credentials === 'ours' || credentials === 'theirs')) return { kind, token, secondToken, remembered, credentials };
  throw new TypeError('readAddress returned no verdict');
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

function isOptional(value: unknown): value is string | undefined {
  return value === undefined || isText(value);
}
