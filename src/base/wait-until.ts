import { setTimeout } from 'node:timers/promises';

const pollMs = 10;

/** Settles when the condition holds or the limit has passed, whichever is first; with whether it held in time. */
export async function waitUntil(condition: () => boolean, limitMs: number): Promise<boolean> {
  const limit = performance.now() + limitMs;
  while (!condition()) {
    if (performance.now() >= limit) return false;
    await setTimeout(pollMs);
  }
  return true;
}
