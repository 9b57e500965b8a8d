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
      const fullMs = Math.min(longestMs, firstMs * 2 ** Math.min(failures, 10));
      failures += 1;
      notBefore = clock() + fullMs * (0.5 + Math.random() / 2);
    },
    succeeded() {
      failures = 0;
      notBefore = 0;
    },
  };
}
