import { readFile } from 'node:fs/promises';
import { SourceUnusable } from '../found.ts';

/** What a JSON file holds, asked for by path. Nothing that it holds stands in a message. */
export interface JsonObject {
  text(key: string): string | undefined;
  flag(key: string): boolean | undefined;
  number(key: string): number | undefined;
  object(key: string): JsonObject | undefined;
  keys(): readonly string[];
  value(key: string): unknown;
}

/** Throws SourceUnusable with file, line and column where it is not JSON. */
export async function readJson(path: string): Promise<JsonObject> {
  const text = decode(await readFile(path), path);
  try {
    return wrap(JSON.parse(text) as unknown, path, '');
  } catch (error) {
    if (error instanceof SourceUnusable) throw error;
    const position = Number(/position (\d+)/.exec(String(error))?.[1] ?? text.length);
    const before = text.slice(0, position).split('\n');
    throw new SourceUnusable(`${path}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}: not JSON (comments are none either)`);
  }
}

function decode(bytes: Buffer, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new SourceUnusable(`${path}: the file is not UTF-8`, { cause: error });
  }
}

function wrap(value: unknown, path: string, place: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new SourceUnusable(`${path}: expected an object${place}`);
  const entries = value as Readonly<Record<string, unknown>>;
  const get = (key: string): unknown => (Object.hasOwn(entries, key) ? (entries[key] ?? undefined) : undefined);
  const refuse = (key: string, type: string): never => {
    throw new SourceUnusable(`${path}: ${key} is not a ${type}${place}`);
  };
  return {
    text: (key) => {
      const found = get(key);
      return found === undefined || typeof found === 'string' ? found : refuse(key, 'string');
    },
    flag: (key) => {
      const found = get(key);
      return found === undefined || typeof found === 'boolean' ? found : refuse(key, 'boolean');
    },
    number: (key) => {
      const found = get(key);
      return found === undefined || typeof found === 'number' ? found : refuse(key, 'number');
    },
    object: (key) => (get(key) === undefined ? undefined : wrap(get(key), path, ` at ${key}${place}`)),
    keys: () => Object.keys(entries),
    value: get,
  };
}
