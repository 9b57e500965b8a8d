/** Times of the delivery that no administrator needs to change; tests take shorter ones. */
export interface DeliveryTiming {
  /** How often what waits is looked at while nothing else says that something is due. */
  readonly pollMs: number;
  /** How long a claimed push is this instance's alone: longer than a try and its commit, so that none is tried twice. */
  readonly leaseMs: number;
  /** How long one try of a waiting push may take. */
  readonly tryMs: number;
  /** Bounds of the backoff of one push. */
  readonly firstBackoffMs: number;
  readonly longestBackoffMs: number;
  /** The shortest wait after a refusal, which seldom heals by itself. */
  readonly refusedMs: number;
  /** Bounds of the time that a breaker stays open; a call that comes in once the service is back must be tried while it rings. */
  readonly firstOpenMs: number;
  readonly longestOpenMs: number;
}

/** A dead instance's work is taken by another after a lease and a poll: within 30 s. */
export const usualTiming: DeliveryTiming = {
  pollMs: 4_000,
  leaseMs: 20_000,
  tryMs: 10_000,
  firstBackoffMs: 1_000,
  longestBackoffMs: 300_000,
  refusedMs: 60_000,
  firstOpenMs: 1_000,
  longestOpenMs: 20_000,
};
