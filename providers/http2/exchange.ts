import type { IncomingHttpHeaders } from 'node:http';
import type { ClientStream } from './wire/client-stream.ts';

/** One POST: every header in array form (name, value, name, value …), pseudo-headers first, and the whole body. */
export interface Request {
  readonly headers: readonly string[];
  readonly body: string | Uint8Array;
  /** `performance.now()` after which no answer is of use: a clock that is set must not end a request, nor keep it. */
  readonly deadline: number;
  /** `performance.now()` at which what it carries is worthless: from then on nothing of it is written. Absent where it stays of use. */
  readonly endsAt?: number | undefined;
  /** For a request that tells how long is left. */
  readonly telling?: Telling | undefined;
  /**
   * After so long without an answer it is given up and, as what is in doubt, sent once more, with twice the time; absent
   * where it waits until its deadline. For what is soon of no use to anybody.
   */
  readonly patienceMs?: number | undefined;
  readonly signal: AbortSignal;
}

/** How long is left, as it was told in a request at a moment (`performance.now()`), and the request as it is to tell it now. */
export interface Telling {
  readonly at: number;
  again(): Content;
}

export type Content = Pick<Request, 'headers' | 'body' | 'endsAt'>;

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
  /** Its end came before it was written; surely not processed, and nothing to try again. */
  | { readonly kind: 'expired'; readonly reason: string }
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
  stream: ClientStream | undefined;
  /** `performance.now()` of the last try. */
  sentAt: number;
}

export function buildJob(request: Request, settle: (exchange: Exchange) => void): Job {
  return { request, settle, isSettled: false, resends: 0, doubt: undefined, stream: undefined, sentAt: 0 };
}

/** The first call counts; a job never settles twice. What was once in doubt is never called unsent, nor expired. */
export function settleJob(job: Job, exchange: Exchange): void {
  if (job.isSettled) return;
  job.isSettled = true;
  const isDoubtful = job.doubt !== undefined && (exchange.kind === 'unsent' || exchange.kind === 'expired');
  job.settle(isDoubtful ? { kind: 'in-doubt', reason: `${job.doubt}; then ${exchange.reason}` } : exchange);
}

const expired: Exchange = Object.freeze({ kind: 'expired', reason: 'expired before it was sent' });
const tellAgainAfterMs = 1_000;

/** How a request ends that must not be written any more, or undefined where it may be. */
export function endUnwritten(request: Request, now: number): Exchange | undefined {
  if (request.endsAt !== undefined && now >= request.endsAt) return expired;
  const reason = overdue(request, now);
  return reason === undefined ? undefined : { kind: 'unsent', reason };
}

/** Settles a job that must not be written any more; whether it is one. */
export function settleUnwritten(job: Job, now: number): boolean {
  const end = endUnwritten(job.request, now);
  if (end !== undefined) settleJob(job, end);
  return end !== undefined;
}

/** What to write now: how long is left is told anew where that was a second ago. */
export function contentOf(request: Request, now: number): Content {
  const { telling } = request;
  return telling === undefined || now - telling.at < tellAgainAfterMs ? request : { ...telling.again(), endsAt: request.endsAt };
}

/** Why this request must not wait any longer, or undefined where it may. */
export function overdue({ signal, deadline }: Request, now: number): string | undefined {
  if (signal.aborted) return 'aborted';
  return now >= deadline ? 'no answer in time' : undefined;
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
