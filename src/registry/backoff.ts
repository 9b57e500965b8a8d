/** A wait before try number `attempt` (from 0): exponential up to the cap, with half of it at random. */
export function computeBackoffMs(attempt: number, firstMs: number, capMs: number): number {
  const fullMs = Math.min(capMs, firstMs * 2 ** Math.min(attempt, 16));
  return fullMs / 2 + (fullMs / 2) * Math.random();
}
