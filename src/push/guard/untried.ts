import type { Outcome } from '../provider/provider.ts';

/** The answer to a push for which the provider has no place; told apart by identity. */
export const busy: Outcome = Object.freeze({ kind: 'retry', reason: 'busy: the provider has its share of pushes under way' });

/** The answer to a push while the provider's breaker is open; told apart by identity. */
export const breakerOpen: Outcome = Object.freeze({ kind: 'retry', reason: 'not tried: the push service fails all pushes' });

/** Whether the push never went to its provider: no place, or the breaker is open. */
export function isUntried(outcome: Outcome): boolean {
  return outcome === busy || outcome === breakerOpen;
}
