import { describeSecretLooks } from '../secrets/secret-looks.ts';

export type KeyPath = readonly PropertyKey[];

/** A key path as TOML writes it: `providers."tigase:messenger:apns:1".use`; elements of arrays as `admins[2]`, counted from 1. */
export function formatKeyPath(path: KeyPath): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part + 1}]`;
    else text += (text === '' ? '' : '.') + formatKey(String(part));
  }
  return text;
}

/** The value at a path, undefined where the way there is missing. */
export function valueAt(root: unknown, path: KeyPath): unknown {
  let value = root;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Readonly<Record<PropertyKey, unknown>>)[part];
  }
  return value;
}

function formatKey(key: string): string {
  const kind = describeSecretLooks(key);
  if (kind !== undefined) return `(${kind}, not shown)`;
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : JSON.stringify(key);
}
