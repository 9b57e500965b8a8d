import { resolve } from 'node:path';
import { concealKeys } from '../secrets/conceal.ts';
import { isTable, type Table } from '../is-table.ts';
import type { KeyPath } from '../mistakes/key-path.ts';
import { readText } from '../../base/read-text.ts';

export interface ReferenceContext {
  /** Folder of the configuration file. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

/** A reference that leads nowhere. */
export interface BrokenReference {
  readonly path: KeyPath;
  readonly message: string;
}

interface Resolved {
  readonly value: unknown;
  /** Where the value comes from, in words, if from a reference; for a list with such values, where the first one comes from. */
  readonly origin?: string | undefined;
  readonly broken: readonly BrokenReference[];
}

/**
 * Replaces every `{ env = "NAME" }` and `{ file = "path" }` by the value behind it (a file's last line break is dropped) and
 * conceals it in its table. Broken references are undefined in the result and listed.
 */
export function resolveReferences(value: unknown, context: ReferenceContext, path: KeyPath = []): Resolved {
  if (Array.isArray(value)) return resolveList(value, context, path);
  if (!isTable(value)) return { value, broken: [] };
  const [[kind, target] = [], ...rest] = Object.entries(value);
  if (rest.length === 0 && typeof target === 'string') {
    if (kind === 'env') return resolveVariable(target, context, path);
    if (kind === 'file') return resolveFile(target, context, path);
  }
  return resolveTable(value, context, path);
}

function resolveTable(table: Table, context: ReferenceContext, path: KeyPath): Resolved {
  const entries = Object.entries(table).map(([key, inner]) => ({ key, ...resolveReferences(inner, context, [...path, key]) }));
  const value = Object.fromEntries(entries.map(({ key, value: resolved }) => [key, resolved]));
  const referred = entries.filter(({ origin }) => origin !== undefined).map(({ key, origin }) => [key, origin] as const);
  return { value: concealKeys(value, referred), broken: entries.flatMap(({ broken }) => broken) };
}

function resolveList(list: readonly unknown[], context: ReferenceContext, path: KeyPath): Resolved {
  const elements = list.map((inner, index) => resolveReferences(inner, context, [...path, index]));
  return {
    value: elements.map(({ value }) => value),
    origin: elements.find(({ origin }) => origin !== undefined)?.origin,
    broken: elements.flatMap(({ broken }) => broken),
  };
}

function resolveVariable(name: string, { env }: ReferenceContext, path: KeyPath): Resolved {
  const value = env[name];
  const origin = `the environment variable ${name}`;
  if (value !== undefined && value !== '') return { value, origin, broken: [] };
  const state = value === undefined ? 'not set' : 'empty';
  return breakReference(path, origin, `expected ${origin} to hold the value, found it ${state}`);
}

function resolveFile(target: string, { folder }: ReferenceContext, path: KeyPath): Resolved {
  const file = resolve(folder, target);
  const reading = readText(file);
  const origin = `the file ${file}`;
  if ('problem' in reading) return breakReference(path, origin, `expected a file that holds the value, ${reading.problem}`);
  return { value: reading.text.replace(/\r?\n$/, ''), origin, broken: [] };
}

function breakReference(path: KeyPath, origin: string, message: string): Resolved {
  return { value: undefined, origin, broken: [{ path, message }] };
}
