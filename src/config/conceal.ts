import { inspect } from 'node:util';

const hidden = Symbol('concealed keys');
const mask = '[secret]';

type Table = Readonly<Record<string, unknown>>;

/**
 * Marks keys of a table so that neither JSON.stringify nor util.inspect shows their values, while code that reads, spreads
 * or enumerates the table still gets them. Returns the same table.
 */
export function concealKeys<T extends object>(table: T, keys: readonly string[]): T {
  const concealed = new Set([...(concealedKeys(table) ?? []), ...keys]);
  const shown = (): Table => Object.fromEntries(Object.entries(table).map(([key, value]) => [key, concealed.has(key) ? mask : value]));
  for (const key of [hidden, 'toJSON', inspect.custom]) {
    Object.defineProperty(table, key, { value: key === hidden ? concealed : shown, enumerable: false, configurable: true });
  }
  return table;
}

/** True where the value under this key may not be shown: marked by {@link concealKeys}, or a secret by its name or content. */
export function isSecret(table: unknown, key: string): boolean {
  if (concealedKeys(table)?.has(key) === true || isSecretName(key)) return true;
  const value: unknown = typeof table === 'object' && table !== null ? (table as Table)[key] : undefined;
  return [value].flat().some((one) => typeof one === 'string' && isUrlWithPassword(one));
}

/** `secret`, `database.key`, `cert-password` and the like; but not `key-file` or `key-id`. */
export function isSecretName(key: string): boolean {
  return /(^|[-_.])(key|secret|token|password|passphrase|credentials?)$/i.test(key);
}

function isUrlWithPassword(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\/[^/\s]*:[^/\s]*@/i.test(text);
}

function concealedKeys(table: unknown): ReadonlySet<string> | undefined {
  if (typeof table !== 'object' || table === null) return undefined;
  return (table as { readonly [hidden]?: ReadonlySet<string> })[hidden];
}
