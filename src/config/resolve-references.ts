import { resolve } from 'node:path';
import { concealKeys } from './conceal.ts';
import { isTable, type Table } from './is-table.ts';
import type { KeyPath } from './key-path.ts';
import { readText } from './read-text.ts';

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
  /** True where the value comes from a reference, or is a list with such a value. */
  readonly isReferred: boolean;
  readonly broken: readonly BrokenReference[];
}

/**
 * Replaces every `{ env = "NAME" }` and `{ file = "path" }` by the value behind it (a file's last line break is dropped) and
 * conceals it in its table. Broken references are undefined in the result and listed.
 */
export function resolveReferences(value: unknown, context: ReferenceContext, path: KeyPath = []): Resolved {
  if (Array.isArray(value)) return resolveList(value, context, path);
  if (!isTable(value)) return { value, isReferred: false, broken: [] };
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
  const referred = entries.filter(({ isReferred }) => isReferred).map(({ key }) => key);
  return { value: concealKeys(value, referred), isReferred: false, broken: entries.flatMap(({ broken }) => broken) };
}

function resolveList(list: readonly unknown[], context: ReferenceContext, path: KeyPath): Resolved {
  const elements = list.map((inner, index) => resolveReferences(inner, context, [...path, index]));
  return {
    value: elements.map(({ value }) => value),
    isReferred: elements.some(({ isReferred }) => isReferred),
    broken: elements.flatMap(({ broken }) => broken),
  };
}

function resolveVariable(name: string, { env }: ReferenceContext, path: KeyPath): Resolved {
  const value = env[name];
  if (value !== undefined && value !== '') return { value, isReferred: true, broken: [] };
  const state = value === undefined ? 'not set' : 'empty';
  return breakReference(path, `expected the environment variable ${name} to hold the value, found it ${state}`);
}

function resolveFile(target: string, { folder }: ReferenceContext, path: KeyPath): Resolved {
  const reading = readText(resolve(folder, target));
  if ('problem' in reading) return breakReference(path, `expected a file that holds the value, ${reading.problem}`);
  return { value: reading.text.replace(/\r?\n$/, ''), isReferred: true, broken: [] };
}

function breakReference(path: KeyPath, message: string): Resolved {
  return { value: undefined, isReferred: true, broken: [{ path, message }] };
}
