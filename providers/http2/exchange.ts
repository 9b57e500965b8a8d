import type { ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';

/** One POST: every header in array form (name, value, name, value …), pseudo-headers first, and the whole body. */
export interface Request {
  readonly headers: readonly string[];
  readonly body: string | Uint8Array;
  /** `performance.now()` after which no answer is of use: a clock that is set must not end a request, nor keep it. */
  readonly deadline: number;
  /**
   * After so long without an answer it is given up and, as what is in doubt, sent once more, with twice the time; absent
   * where it waits until its deadline. For what is soon of no use to anybody.
   */
  readonly patienceMs?: number | undefined;
  readonly signal: AbortSignal;
}

/** What became of a request. The kinds differ in what may be concluded about the server having processed it. */
export type Exchange =
  /** The server spoke: any status at all. `body` is at most some 64 KiB, and cut short where the stream was. */
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly headers: IncomingHttpHeaders;
      readonly body: string;
      /** The connection that spoke: when it is to be replaced (`performance.now()`), and for answers after which nothing more may go there. */
      readonly session: { readonly endOfLife: number; retire(): void };
    }
  /** Surely not processed: never written, refused, or above the last stream id of a GOAWAY. */
  | { readonly kind: 'unsent'; readonly reason: string; readonly afterMs?: number }
  /** Written, and then nothing: processed or not, nobody knows. */
  | { readonly kind: 'in-doubt'; readonly reason: string };

/** A request on its way through the pool. */
export interface Job {
  readonly request: Request;
  readonly settle: (exchange: Exchange) => void;
  isSettled: boolean;
  resends: number;
  /** Why nobody knows whether an earlier try was processed. */
  doubt: string | undefined;
  stream: ClientHttp2Stream | undefined;
  /** `performance.now()` of the last try. */
  sentAt: number;
}

export function buildJob(request: Request, settle: (exchange: Exchange) => void): Job {
  return { request, settle, isSettled: false, resends: 0, doubt: undefined, stream: undefined, sentAt: 0 };
}

/** The first call counts; a job never settles twice. What was once in doubt is never called unsent. */
export function settleJob(job: Job, exchange: Exchange): void {
  if (job.isSettled) return;
  job.isSettled = true;
  const isDoubtful = job.doubt !== undefined && exchange.kind === 'unsent';
  job.settle(isDoubtful ? { kind: 'in-doubt', reason: `${job.doubt}; then ${exchange.reason}` } : exchange);
}

/** Why this job must not wait any longer, or undefined where it may. */
export function overdue(job: Job, now: number): string | undefined {
  if (job.request.signal.aborted) return 'aborted';
  return now >= job.request.deadline ? 'no answer in time' : undefined;
}

/** Whether the try under way had the time that the request has patience for. */
export function isImpatient({ request: { patienceMs }, sentAt, doubt }: Job, now: number): boolean {
  if (patienceMs === undefined) return false;
  return now - sentAt >= (doubt === undefined ? patienceMs : 2 * patienceMs);
}

/** Code and message of an error, for a reason or a log line. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const first = error instanceof AggregateError && error.message === '' ? (error.errors[0] as unknown) : undefined;
  if (first instanceof Error) return describeError(first);
  const code = (error as NodeJS.ErrnoException).code;
  return code === undefined || error.message.includes(code) ? error.message : `${code}: ${error.message}`;
}

/** Whether an answer is no push service's, which say JSON or nothing, but the page of a proxy or of a network that wants a login. */
export function isPage(body: string): boolean {
  return /^\s*</.test(body);
}
