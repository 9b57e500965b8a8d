/**
 * A wait before try number `attempt` (from 0): exponential up to the longest, with half of it at random, so that those who
 * failed together do not come back together.
 */
export function computeBackoffMs(attempt: number, firstMs: number, longestMs: number, random: () => number = Math.random): number {
  const fullMs = Math.min(longestMs, firstMs * 2 ** Math.min(attempt, 30));
  return fullMs / 2 + (fullMs / 2) * random();
}
