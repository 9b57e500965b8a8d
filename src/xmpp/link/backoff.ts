import { computeBackoffMs } from '../../base/backoff.ts';
import type { LinkTrouble } from '../stream/trouble.ts';

/** First and longest wait per trouble, in milliseconds. */
export type BackoffTable = Readonly<Record<LinkTrouble, { readonly firstMs: number; readonly longestMs: number }>>;

/**
 * `conflict` means that another instance is active and this one stands by: its pause is what a takeover costs, and a try
 * costs the server one handshake and a line in its log. A wrong secret or an unknown host needs a person. A server that shuts
 * down, or a lost connection, may be back at once, and on ejabberd without DNS every second of absence can cost registrations.
 */
export const backoffTable: BackoffTable = {
  conflict: { firstMs: 2_000, longestMs: 5_000 },
  configuration: { firstMs: 5_000, longestMs: 60_000 },
  shutdown: { firstMs: 250, longestMs: 10_000 },
  lost: { firstMs: 250, longestMs: 30_000 },
};

/** Exponential with jitter: between half and the whole of `first × 2^failures`, never above the longest. */
export function backoffMs(trouble: LinkTrouble, failures: number, table: BackoffTable = backoffTable, random = Math.random): number {
  const { firstMs, longestMs } = table[trouble];
  return computeBackoffMs(failures, firstMs, longestMs, random);
}
