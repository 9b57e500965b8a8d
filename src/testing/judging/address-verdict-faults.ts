import { types } from 'node:util';
import type { AddressVerdict } from '../../index.ts';

const longestReason = 200;
const addressFields: ReadonlySet<string> = new Set<Exclude<keyof Extract<AddressVerdict, { kind: 'address' }>, 'kind'>>([
  'token',
  'secondToken',
  'remembered',
  'credentials',
]);

/** What is wrong with what `readAddress` returned; nothing, if it is a verdict or undefined. */
export function faultsOfAddressVerdict(verdict: unknown): string[] {
  if (verdict === undefined) return [];
  if (types.isPromise(verdict)) return ['a promise: nobody waits for it'];
  if (typeof verdict !== 'object' || verdict === null) return [`${JSON.stringify(verdict)} is neither a verdict nor undefined`];
  const { kind, ...fields } = verdict as Readonly<Record<string, unknown>>;
  if (kind === 'address') return faultsOfAddress(fields);
  if (kind === 'refused') return [...faultsOfReason(fields['reason']), ...unknownBeside(new Set(['reason']), fields)];
  return [`kind: ${String(kind)} is none of address, refused`];
}

function faultsOfAddress(fields: Readonly<Record<string, unknown>>): string[] {
  const { token, secondToken, remembered, credentials } = fields;
  return [
    ...(isText(token) ? [] : ['token: not a text, or empty']),
    ...(secondToken === undefined || isText(secondToken) ? [] : ['secondToken: not a text, or empty']),
    ...(remembered === undefined || isText(remembered) ? [] : ['remembered: not a text, or empty']),
    ...(credentials === 'ours' || credentials === 'theirs' ? [] : [`credentials: ${String(credentials)} is none of ours, theirs`]),
    ...unknownBeside(addressFields, fields),
  ];
}

function faultsOfReason(reason: unknown): string[] {
  if (!isText(reason)) return ['reason: not a text, or empty'];
  if (reason.includes('\n')) return ['reason: more than one line'];
  return reason.length > longestReason ? [`reason: ${reason.length} characters, at most ${longestReason} are shown`] : [];
}

function unknownBeside(known: ReadonlySet<string>, fields: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(fields)
    .filter((name) => !known.has(name))
    .map((name) => `${name}: not a field`);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}
