import type { Outcome } from '../../src/index.ts';

/** How Reveille reacts to an answer of APNs other than 200. */
export interface Reaction {
  readonly status: number;
  readonly reason: string;
  readonly outcome: Exclude<Outcome['kind'], 'accepted'>;
  /** The credentials are refused, not this push: the provider is not ready until a push is accepted again. */
  readonly isOurCredentials?: true;
  /** The connection is of no more use: others must be used from now on. */
  readonly retiresSession?: true;
  readonly afterMs?: number;
}

/**
 * Every reason Apple documents for a device push ("Handling notification responses from APNs") and what follows. A token is
 * given up only where Apple says that the token itself is wrong; a refusal of the configuration never costs a device.
 */
export const reactions: readonly Reaction[] = [
  // Our bug or configuration: the same push would be refused again.
  { status: 400, reason: 'BadCollapseId', outcome: 'rejected' },
  { status: 400, reason: 'BadExpirationDate', outcome: 'rejected' },
  { status: 400, reason: 'BadMessageId', outcome: 'rejected' },
  { status: 400, reason: 'BadPriority', outcome: 'rejected' },
  { status: 400, reason: 'BadTopic', outcome: 'rejected' },
  { status: 400, reason: 'DuplicateHeaders', outcome: 'rejected' },
  { status: 400, reason: 'InvalidPushType', outcome: 'rejected' },
  { status: 400, reason: 'MissingDeviceToken', outcome: 'rejected' },
  { status: 400, reason: 'MissingTopic', outcome: 'rejected' },
  { status: 400, reason: 'PayloadEmpty', outcome: 'rejected' },
  { status: 404, reason: 'BadPath', outcome: 'rejected' },
  { status: 405, reason: 'MethodNotAllowed', outcome: 'rejected' },
  { status: 413, reason: 'PayloadTooLarge', outcome: 'rejected' },

  // A wrong topic, key or certificate looks the same for every token: never a reason to drop one.
  { status: 400, reason: 'TopicDisallowed', outcome: 'rejected', isOurCredentials: true },
  { status: 403, reason: 'BadCertificate', outcome: 'rejected', isOurCredentials: true },
  { status: 403, reason: 'BadCertificateEnvironment', outcome: 'rejected', isOurCredentials: true },
  { status: 403, reason: 'BadEnvironmentKeyIdInToken', outcome: 'rejected', isOurCredentials: true },
  { status: 403, reason: 'Forbidden', outcome: 'rejected', isOurCredentials: true },
  { status: 403, reason: 'InvalidProviderToken', outcome: 'rejected', isOurCredentials: true },
  { status: 403, reason: 'MissingProviderToken', outcome: 'rejected', isOurCredentials: true },

  // Dead tokens. A flood of the first two means a wrong environment or topic; the breaker that stops it is the caller's.
  { status: 400, reason: 'BadDeviceToken', outcome: 'gone' },
  { status: 400, reason: 'DeviceTokenNotForTopic', outcome: 'gone' },
  { status: 410, reason: 'ExpiredToken', outcome: 'gone' },
  { status: 410, reason: 'Unregistered', outcome: 'gone' },

  // Once said, Apple repeats it on that connection whatever token follows: a new token needs a new connection.
  { status: 403, reason: 'ExpiredProviderToken', outcome: 'retry', retiresSession: true },
  // Another key was used on this connection before.
  { status: 403, reason: 'UnrelatedKeyIdInToken', outcome: 'retry', retiresSession: true },
  // Signing yet another one is what it complains about; the present one is fine elsewhere.
  { status: 429, reason: 'TooManyProviderTokenUpdates', outcome: 'retry', retiresSession: true, afterMs: 60_000 },

  { status: 400, reason: 'IdleTimeout', outcome: 'retry', retiresSession: true },
  // Counted per device token; Apple names no time.
  { status: 429, reason: 'TooManyRequests', outcome: 'retry', afterMs: 30_000 },
  // "Retry after 15 minutes", with an earlier back-off allowed: a chat message is stale by then.
  { status: 500, reason: 'InternalServerError', outcome: 'retry' },
  { status: 503, reason: 'ServiceUnavailable', outcome: 'retry' },
  { status: 503, reason: 'Shutdown', outcome: 'retry', retiresSession: true },
];

const byKey = new Map(reactions.map((reaction) => [`${reaction.status} ${reaction.reason}`, reaction]));

const noReason = 'no reason given';

/**
 * The row of a status and reason; an unknown reason is judged by its status, and never taken for a dead token except with
 * 410. Apple always gives a reason: a bare 410 is a proxy's, or was cut short.
 */
export function reactionTo(status: number, reason: string): Reaction {
  return byKey.get(`${status} ${reason}`) ?? { status, reason, outcome: outcomeOfStatus(status, reason) };
}

function outcomeOfStatus(status: number, reason: string): Reaction['outcome'] {
  if (status === 410) return reason === noReason ? 'retry' : 'gone';
  return status === 429 || status >= 500 || status < 300 ? 'retry' : 'rejected';
}

/** Reads the JSON of a refusal: a reason, and for 410 since when the token is dead. Anything else counts as no reason. */
export function parseRefusal(body: string): { readonly reason: string; readonly since: Date | undefined } {
  const { reason, timestamp } = parseObject(body);
  const since = typeof timestamp === 'number' ? new Date(timestamp) : undefined;
  return {
    reason: typeof reason === 'string' && /^[A-Za-z]{1,64}$/.test(reason) ? reason : noReason,
    since: since === undefined || Number.isNaN(since.getTime()) ? undefined : since,
  };
}

function parseObject(text: string): { reason?: unknown; timestamp?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    // Not JSON: a proxy's page, or an answer cut short.
    return {};
  }
}

/** The outcome of a reaction, in the provider's terms. */
export function buildOutcome({ status, reason, outcome, afterMs }: Reaction, since: Date | undefined): Outcome {
  const text = `${status} ${reason}`;
  switch (outcome) {
    case 'gone':
      return status === 410 && since !== undefined ? { kind: 'gone', since } : { kind: 'gone' };
    case 'rejected':
      return { kind: 'rejected', reason: text };
    case 'retry':
      return { kind: 'retry', reason: text, ...(afterMs === undefined ? {} : { afterMs }) };
    default:
      return outcome satisfies never;
  }
}
