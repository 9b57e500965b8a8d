/** What a pool has done so far; the numbers only grow. */
export interface Traffic {
  /** Requests put on the wire, those sent again included. */
  readonly sent: number;
  /** Sent again because the server surely had not processed them. */
  readonly resentUnsent: number;
  /** Sent again, once, though the server may have processed them: each may have been done twice. */
  readonly resentInDoubt: number;
  /** Given back in doubt: done once or not at all, nobody knows. */
  readonly inDoubt: number;
  readonly goaways: number;
  readonly connections: number;
}

/** The counters of one pool, for the pool alone to write. */
export type Counters = { -readonly [K in keyof Traffic]: Traffic[K] };

export function buildCounters(): Counters {
  return { sent: 0, resentUnsent: 0, resentInDoubt: 0, inDoubt: 0, goaways: 0, connections: 0 };
}
