/** Moments of `performance.now()`; what a request makes of them it says itself. */
export interface Limits {
  readonly deadline: number;
  readonly endsAt: number;
}

/** How long a request may wait for its answer, and when it must not be written any more, where what it carries ends at `expiresAt`. */
export function buildLimits(expiresAt: Date, answerLimitMs: number): Limits {
  const now = performance.now();
  const endsAt = now + expiresAt.getTime() - Date.now();
  return { deadline: Math.min(now + answerLimitMs, endsAt), endsAt };
}
