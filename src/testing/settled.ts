import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

const lookEveryMs = 10;

/** The promise's value; rejects where it does not settle in time. */
export async function settled<Value>(promise: Promise<Value> | Value, what: string, limitMs: number): Promise<Value> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new assert.AssertionError({ message: `${what} did not settle within ${limitMs} ms` })), limitMs);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Settles once the condition holds; true if that was in time. */
export async function holdsWithin(limitMs: number, condition: () => boolean): Promise<boolean> {
  const end = Date.now() + limitMs;
  while (!condition()) {
    if (Date.now() > end) return false;
    await sleep(lookEveryMs);
  }
  return true;
}
