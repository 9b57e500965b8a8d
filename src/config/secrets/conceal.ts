// Room: what may be a secret, and hiding it. In: values with their origin. Out: values that no message shows. May enter: config, push,
// doctor, cli.
import { inspect } from 'node:util';
import { describeSecretLooks } from './secret-looks.ts';

const hidden = Symbol('concealed keys');
const mask = '[secret]';

type Table = Readonly<Record<string, unknown>>;
/** Concealed keys, each with where its value came from: "the environment variable APNS_KEY"; undefined where it stood in its table. */
type Concealed = ReadonlyMap<string, string | undefined>;

/**
 * Marks keys of a table so that neither JSON.stringify nor util.inspect shows their values, while code that reads, spreads
 * or enumerates the table still gets them. Returns the same table.
 */
export function concealKeys<T extends object>(table: T, keys: Iterable<readonly [key: string, origin: string | undefined]>): T {
  const concealed: Concealed = new Map([...(concealedKeys(table) ?? []), ...keys]);
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
  return [value].flat().some((one) => typeof one === 'string' && describeSecretLooks(one) !== undefined);
}

/** `secret`, `database.key`, `cert-password` and the like; but not `key-file` or `key-id`. */
export function isSecretName(key: string): boolean {
  return /(^|[-_.])(key|secret|token|password|passphrase|credentials?)$/i.test(key);
}

/** Where the values of a table came from that did not stand in it, by key. */
export function originsOf(table: unknown): Readonly<Record<string, string>> {
  const origins = [...(concealedKeys(table) ?? [])].flatMap(([key, origin]) => (origin === undefined ? [] : [[key, origin] as const]));
  return Object.fromEntries(origins);
}

function concealedKeys(table: unknown): Concealed | undefined {
  if (typeof table !== 'object' || table === null) return undefined;
  return (table as { readonly [hidden]?: Concealed })[hidden];
}
