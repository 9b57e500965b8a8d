import type { DeferredPush } from '../../../registry/deferred/deferred-store.ts';
import type { DeliveryTiming } from '../timing.ts';

/** A push with little time left is tried some times all the same: no wait is longer than this part of its life. */
const partOfLife = 1 / 6;

type Push = Pick<DeferredPush, 'tries' | 'publishedAt' | 'expiresAt'>;
type Bounds = Pick<DeliveryTiming, 'firstBackoffMs' | 'longestBackoffMs'>;

/**
 * When a push that was tried `tries` times is tried next: exponential with full jitter, so that those who failed together
 * do not come back together, and not before `afterMs`. Undefined where it would be worthless by then.
 */
export function buildNotBefore(push: Push, afterMs: number, now: Date, bounds: Bounds): Date | undefined {
  const leftMs = push.expiresAt.getTime() - now.getTime() - afterMs;
  if (leftMs <= 0) return undefined;
  return new Date(now.getTime() + afterMs + Math.random() * Math.min(leftMs, backoffLimitMs(push, bounds)));
}

/** The same wait, shortened for a push that has not long to live. */
export function boundByLife({ publishedAt, expiresAt }: Push, waitMs: number): number {
  return Math.min(waitMs, (expiresAt.getTime() - publishedAt.getTime()) * partOfLife);
}

function backoffLimitMs(push: Push, { firstBackoffMs, longestBackoffMs }: Bounds): number {
  const exponentialMs = firstBackoffMs * 2 ** Math.min(Math.max(0, push.tries - 1), 20);
  return Math.max(firstBackoffMs, boundByLife(push, Math.min(longestBackoffMs, exponentialMs)));
}
