import assert from 'node:assert/strict';
import { withLimit } from '../base/limit.ts';

/** The promise's value; rejects where it does not settle in time. */
export async function settled<Value>(promise: Promise<Value> | Value, what: string, limitMs: number): Promise<Value> {
  const late = () => new assert.AssertionError({ message: `${what} did not settle within ${limitMs} ms` });
  return withLimit(Promise.resolve(promise), limitMs, late);
}
