/** What a client said about one push. */
export type Answer =
  | 'accepted'
  /** The service refused it for good, or the client gave it up without sending it. */
  | 'refused'
  /** The client calls it worth another try, or names a status that says so (429, 5xx). */
  | 'again'
  /** An error without an answer of the service: done or not, the caller can't know. */
  | 'doubt';

/** An answer, or `again` and how long to wait before that. */
export type Verdict = Answer | { readonly againAfterMs: number };

/** A client of a push service under test. */
export interface Client {
  /** Sends one push; never rejects. */
  send(token: string): Promise<Verdict>;
  /** Pushes that were in doubt and that the client dealt with itself. */
  countDoubts(): number;
  close(): Promise<void>;
}

/** What a status means to a caller who knows no more than the documentation of the service. */
export function judgeStatus(status: number): Answer {
  if (status === 200) return 'accepted';
  return status === 429 || status >= 500 ? 'again' : 'refused';
}
