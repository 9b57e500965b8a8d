import { setTimeout } from 'node:timers/promises';

const pollMs = 10;

/** Resolves when the condition holds or the limit has passed, whichever is first. */
export async function waitUntil(condition: () => boolean, limitMs: number): Promise<void> {
  const limit = performance.now() + limitMs;
  while (!condition() && performance.now() < limit) await setTimeout(pollMs);
}
