import type { ServerHttp2Session } from 'node:http2';

/**
 * Ways in which MAX_CONCURRENT_STREAMS misbehaves on every connection: `limit-late` keeps it at one until a push was
 * accepted (and not only until a client has proved itself), `limit-falls` lowers it to one with a rejection, until the next
 * accepted push. Both were seen with Apple's servers.
 */
export type Habit = 'limit-late' | 'limit-falls';

/** MAX_CONCURRENT_STREAMS of one connection, from its first stream to its last. */
export interface StreamLimit {
  /** The client has proved itself. */
  proven(): void;
  answered(status: number): void;
}

export function createStreamLimit(session: ServerHttp2Session, streams: number, habits: ReadonlySet<Habit>): StreamLimit {
  let current = 1;
  const set = (limit: number) => {
    if (limit === current || session.destroyed || session.closed) return;
    current = limit;
    session.settings({ maxConcurrentStreams: limit });
  };
  return {
    proven() {
      if (!habits.has('limit-late')) set(streams);
    },
    answered(status) {
      if (status === 200) set(streams);
      else if (habits.has('limit-falls') && status < 500 && status !== 410) set(1);
    },
  };
}
