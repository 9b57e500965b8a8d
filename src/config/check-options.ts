import { z } from 'zod';
import type { OptionsSchema } from '../push/provider/provider-exports.ts';
import { describeExpectation } from './mistakes/expectation.ts';
import { formatIssue } from './mistakes/format-issue.ts';
import type { Issue } from './mistakes/issue.ts';
import type { KeyPath } from './mistakes/key-path.ts';
import { isMissingExplained } from './mistakes/unknown-keys.ts';

/**
 * Checks a provider's table against the schema its module exports as `options`: one line per mistake, each beginning with
 * `path` (usually `['providers', id]`), none where all is well. Any Standard Schema serves; one made with zod also gets
 * the nearest known key. Throws a TypeError for a schema that validates asynchronously.
 */
export function checkOptions(schema: OptionsSchema, value: unknown, path: KeyPath): string[] {
  const issues = isZodSchema(schema) ? findZodIssues(schema, value) : findStandardIssues(schema, value);
  return issues.flatMap((issue) => formatIssue(issue, value, path));
}

/** Zod's issues in our words, without what follows from an unknown key. */
export function findZodIssues(schema: z.core.$ZodType, value: unknown): Issue[] {
  const { error } = z.core.safeParse(schema, value, { error: describeExpectation });
  const issues = (error?.issues ?? []).map((issue) => ({ ...issue, schema }));
  return issues.filter((issue) => !isMissingExplained(issue, issues, value));
}

function findStandardIssues(schema: OptionsSchema, value: unknown): Issue[] {
  const result = schema['~standard'].validate(value);
  if (result instanceof Promise) throw new TypeError('options: a schema that validates asynchronously is not supported');
  return (result.issues ?? []).map(({ message, path = [] }) => ({
    code: 'custom',
    message,
    path: path.map((part) => (typeof part === 'object' ? part.key : part)),
  }));
}

function isZodSchema(schema: unknown): schema is z.core.$ZodType {
  return typeof schema === 'object' && schema !== null && '_zod' in schema;
}
