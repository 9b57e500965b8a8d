// Room: options that providers have in common. In: a table of the configuration. Out: options, or what is wrong. May enter: providers.
import type { z } from 'zod';

export type Parsed<T> = { readonly options: T } | { readonly mistakes: readonly string[] };

/** One sentence per mistake, each beginning with the key it is about. */
export function parseOptions<T>(schema: z.ZodObject & z.ZodType<T>, input: unknown): Parsed<T> {
  const result = schema.safeParse(input);
  return result.success
    ? { options: result.data }
    : { mistakes: result.error.issues.map((issue) => describeIssue(issue, Object.keys(schema.shape))) };
}

/** What a provider throws that can't be created: all mistakes at once. */
export function buildOptionsError(mistakes: readonly string[]): AggregateError {
  return new AggregateError(
    mistakes.map((mistake) => new Error(mistake)),
    mistakes.join('\n'),
  );
}

function describeIssue(issue: z.core.$ZodIssue, known: readonly string[]): string {
  if (issue.code === 'unrecognized_keys') return `${issue.keys.join(', ')}: unknown key; known are ${known.join(', ')}`;
  return `${issue.path.join('.') || 'options'}: ${issue.message}`;
}
