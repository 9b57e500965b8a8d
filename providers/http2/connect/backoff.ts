import { computeBackoffMs } from '../../../src/base/backoff.ts';

const firstMs = 1_000;
/** A call rings for half a minute: one that comes in when the peer is back must find a connection in that time. */
const longestMs = 20_000;

/** Remembers failed attempts to connect and says when the next one is due: 1 s doubling to 20 s, with jitter. */
export interface Backoff {
  /** Milliseconds until the next attempt may be made; 0 where it may be made now. */
  waitMs(): number;
  failed(): void;
  /** The peer proved useful: the next failure counts as the first again. */
  succeeded(): void;
}

export function createBackoff(clock: () => number = () => performance.now()): Backoff {
  let failures = 0;
  let notBefore = 0;
  return {
    waitMs: () => Math.max(0, notBefore - clock()),
    failed() {
      notBefore = clock() + computeBackoffMs(failures, firstMs, longestMs);
      failures += 1;
    },
    succeeded() {
      failures = 0;
      notBefore = 0;
    },
  };
}
