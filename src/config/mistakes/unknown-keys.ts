import type { z } from 'zod';
import type { Issue } from './issue.ts';
import { type KeyPath, valueAt } from './key-path.ts';
import { nearestKey } from './nearest-key.ts';

/** The keys that a zod schema knows in the table at `path`; none where the schema doesn't say. */
export function knownKeys(schema: z.core.$ZodType | undefined, path: KeyPath): readonly string[] {
  const table = schema === undefined ? undefined : descend(unwrap(schema), path);
  return table === undefined || !isObject(table) ? [] : Object.keys(table._zod.def.shape);
}

/** True where a key is reported missing only because it was misspelt, and the misspelt one is reported anyway. */
export function isMissingExplained(issue: Issue, all: readonly Issue[], root: unknown): boolean {
  const parent = issue.path.slice(0, -1);
  if (issue.code !== 'invalid_type' || valueAt(root, issue.path) !== undefined) return false;
  const unknown = all.filter((other) => other.code === 'unrecognized_keys' && isSamePath(other.path, parent));
  return unknown.some((other) => (other.keys ?? []).some((key) => nearestKey(key, knownKeys(other.schema, parent)) === issue.path.at(-1)));
}

function descend(schema: z.core.$ZodType, path: KeyPath): z.core.$ZodType | undefined {
  let current: z.core.$ZodType | undefined = schema;
  for (const part of path) {
    const next: z.core.$ZodType | undefined = current === undefined ? undefined : childOf(current, part);
    current = next === undefined ? undefined : unwrap(next);
  }
  return current;
}

function childOf(schema: z.core.$ZodType, part: PropertyKey): z.core.$ZodType | undefined {
  if (isObject(schema)) return schema._zod.def.shape[String(part)];
  const { valueType, element } = schema._zod.def as { valueType?: z.core.$ZodType; element?: z.core.$ZodType };
  return valueType ?? element;
}

/** What stands inside `.optional()`, `.default()`, `.transform()` and the like. */
function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  const def = schema._zod.def as { innerType?: z.core.$ZodType; in?: z.core.$ZodType; options?: readonly z.core.$ZodType[] };
  // Of alternatives the table: only a table has keys.
  const inner = def.innerType ?? def.in ?? def.options?.find(isObject);
  return inner === undefined ? schema : unwrap(inner);
}

function isObject(schema: z.core.$ZodType): schema is z.core.$ZodObject {
  return schema._zod.def.type === 'object';
}

function isSamePath(one: KeyPath, other: KeyPath): boolean {
  return one.length === other.length && one.every((part, index) => part === other[index]);
}
