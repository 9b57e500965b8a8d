import type { ServerHttp2Session } from 'node:http2';

/**
 * Ways in which MAX_CONCURRENT_STREAMS misbehaves on every connection: `limit-late` keeps it at one until a push was
 * accepted, whenever it should have risen; `limit-falls` lowers it to one with a rejection, until the next accepted push.
 * Both were seen with Apple's servers.
 */
export type Habit = 'limit-late' | 'limit-falls';

/** What the limit of a service's connections is. */
export interface StreamRules {
  /** In the first SETTINGS. */
  readonly first: number;
  /** Once the client has proved itself. */
  readonly full: number;
  readonly habits: ReadonlySet<Habit>;
}

/** Whether a request was accepted, rejected, or answered in a way that says nothing of the client: a dead token, trouble here. */
export type Verdict = 'accepted' | 'rejected' | 'neutral';

/** MAX_CONCURRENT_STREAMS of one connection, from its first stream to its last. */
export interface StreamLimit {
  /** The client has proved itself. */
  proven(): void;
  answered(verdict: Verdict): void;
}

export function createStreamLimit(session: ServerHttp2Session, { first, full, habits }: StreamRules): StreamLimit {
  let current = first;
  const set = (limit: number) => {
    if (limit === current || session.destroyed || session.closed) return;
    current = limit;
    session.settings({ maxConcurrentStreams: limit });
  };
  if (habits.has('limit-late')) set(1);
  return {
    proven() {
      if (!habits.has('limit-late')) set(full);
    },
    answered(verdict) {
      if (verdict === 'accepted') set(full);
      else if (verdict === 'rejected' && habits.has('limit-falls')) set(1);
    },
  };
}

/** HTTP/1.1 knows no streams. */
export function buildNoLimit(): StreamLimit {
  return { proven: () => undefined, answered: () => undefined };
}
