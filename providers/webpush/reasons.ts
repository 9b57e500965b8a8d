import type { Outcome } from '../../src/index.ts';
import { parseRetryAfter } from '../http2/retry-after.ts';

/** How Reveille reacts to an answer of a push service, by its status alone: bodies differ from service to service. */
export type Reaction =
  | 'accepted'
  /** The subscription is over (RFC 8030 §7.3). */
  | 'gone'
  /** Our key, token or request: another subscription there fares no better, and this one is fine. */
  | 'credentials'
  /** Behind it is a service that takes less. */
  | 'too-large'
  | 'rejected'
  | 'retry';

const byStatus: Readonly<Record<number, Reaction>> = {
  // Autopush says it of a wrong Authorization, Apple of a wrong header, others of a key that the subscription is not bound to.
  400: 'credentials',
  401: 'credentials',
  403: 'credentials',
  404: 'gone',
  408: 'retry',
  410: 'gone',
  413: 'too-large',
  425: 'retry',
  429: 'retry',
};

/** A redirect is never followed: it would lead to an address that nobody looked at. */
export function reactionTo(status: number): Reaction {
  if (status >= 200 && status < 300) return 'accepted';
  return byStatus[status] ?? (status >= 500 ? 'retry' : 'rejected');
}

/** For outcomes and log lines; of the body nothing, which is a stranger's. */
export function describeAnswer(host: string, status: number): string {
  if (status >= 300 && status < 400) return `${host} answers ${status}, and redirects are not followed`;
  return `${host} answers ${status}`;
}

/** What fails at one address says nothing of the others. */
export function buildRetry(reason: string, afterMs: number | undefined): Outcome {
  return { kind: 'retry', reason, onlyThis: true, ...(afterMs === undefined ? {} : { afterMs }) };
}

export function readRetryAfter(headers: Readonly<Record<string, unknown>>): number | undefined {
  const value = headers['retry-after'];
  return typeof value === 'string' ? parseRetryAfter(value, Date.now()) : undefined;
}
