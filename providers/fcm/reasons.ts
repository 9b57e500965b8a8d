import type { Outcome } from '../../src/index.ts';
import type { Refusal } from './refusal.ts';

/** How Reveille reacts to an answer of FCM other than 200. */
export type Reaction =
  /** The token is dead or never was one of this app. */
  | { readonly kind: 'gone' }
  /** Token or payload: `validate_only` with nothing in it tells. */
  | { readonly kind: 'ask-whose-fault' }
  /** The same push would be refused again; the token is fine. */
  | { readonly kind: 'rejected' }
  /** Our credentials or our project: every push fares like this one. */
  | { readonly kind: 'credentials' }
  /** Another access token helps, once. */
  | { readonly kind: 'new-access-token' }
  | { readonly kind: 'retry'; readonly afterMs?: number };

const quotaMs = 60_000;
const internalMs = 10_000;

/** What FCM itself says (`FcmError.errorCode`, "FCM error codes"), whatever the HTTP status. */
const byErrorCode: Readonly<Record<string, Reaction>> = {
  UNREGISTERED: { kind: 'gone' },
  // A token of another project; a flood of them means that ours is the wrong one, and the caller's breaker stops it.
  SENDER_ID_MISMATCH: { kind: 'gone' },
  INVALID_ARGUMENT: { kind: 'ask-whose-fault' },
  QUOTA_EXCEEDED: { kind: 'retry', afterMs: quotaMs },
  UNAVAILABLE: { kind: 'retry' },
  INTERNAL: { kind: 'retry', afterMs: internalMs },
  // The APNs key or Web Push key that the Firebase project holds.
  THIRD_PARTY_AUTH_ERROR: { kind: 'credentials' },
};

/** Without an FcmError it is the machinery before FCM that speaks: never a reason to drop a token. */
const byStatus: Readonly<Record<number, Reaction>> = {
  400: { kind: 'rejected' },
  401: { kind: 'new-access-token' },
  403: { kind: 'credentials' },
  // Of the project or the path; a dead token comes with UNREGISTERED.
  404: { kind: 'credentials' },
  408: { kind: 'retry' },
  429: { kind: 'retry', afterMs: quotaMs },
  500: { kind: 'retry', afterMs: internalMs },
};

const tokenFields: ReadonlySet<string> = new Set(['message.token', 'message.fid']);

/** What FCM itself says outweighs the HTTP status; blame of a field outweighs both. */
export function reactionTo({ status, errorCode, blamed }: Refusal): Reaction {
  if (blamed !== undefined) return { kind: blamed.length > 0 && blamed.every((field) => tokenFields.has(field)) ? 'gone' : 'rejected' };
  const known = errorCode === undefined ? undefined : byErrorCode[errorCode];
  return known ?? byStatus[status] ?? { kind: status >= 500 || status < 400 ? 'retry' : 'rejected' };
}

/** `404 UNREGISTERED`: for log lines and outcomes. */
export function describeRefusal({ status, errorCode, rpcStatus }: Refusal): string {
  return `${status} ${errorCode ?? rpcStatus ?? 'no reason given'}`;
}

/** Retry-After outweighs the table. */
export function buildRetry(reason: string, tableMs: number | undefined, headerMs: number | undefined): Outcome {
  const afterMs = headerMs ?? tableMs;
  return { kind: 'retry', reason, ...(afterMs === undefined ? {} : { afterMs }) };
}
