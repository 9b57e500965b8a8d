import { formatRetryAfter } from '../server/retry-after.ts';
import { buildBadRequest, buildErrorInfo, buildFcmError, buildQuotaFailure, type Detail, type Violation } from './details.ts';
import { buildPageRefusal, buildRefusal, type Refusal } from './refusal.ts';

interface Reason {
  readonly status: number;
  readonly message: string;
  readonly details: readonly Detail[];
}

const consumer = 'projects/1234567890';
const ttlViolation: Violation = { field: 'message.android.ttl', description: 'Invalid value' };

/** The reasons that can be ordered by name. Where details hold no FcmError, it was not FCM itself that refused. */
const reasons = {
  UNREGISTERED: fcm(404, 'UNREGISTERED', 'Requested entity was not found.'),
  SENDER_ID_MISMATCH: fcm(403, 'SENDER_ID_MISMATCH', 'SenderId mismatch'),
  INVALID_ARGUMENT: fcm(400, 'INVALID_ARGUMENT', 'The registration token is not a valid FCM registration token'),
  QUOTA_EXCEEDED: {
    status: 429,
    message: 'Resource has been exhausted (e.g. check quota).',
    details: [buildQuotaFailure(consumer, 'Message rate exceeded'), buildFcmError('QUOTA_EXCEEDED')],
  },
  UNAVAILABLE: fcm(503, 'UNAVAILABLE', 'The service is currently unavailable.'),
  INTERNAL: fcm(500, 'INTERNAL', 'Internal error encountered.'),
  THIRD_PARTY_AUTH_ERROR: fcm(401, 'THIRD_PARTY_AUTH_ERROR', 'Auth error from APNS or Web Push Service'),
  BAD_REQUEST: { status: 400, message: 'Request contains an invalid argument.', details: [buildBadRequest([ttlViolation])] },
  RATE_LIMIT_EXCEEDED: {
    status: 429,
    message: `Quota exceeded for quota metric 'Send requests' and limit 'Send requests per minute' of service 'fcm.googleapis.com' for consumer '${consumer}'.`,
    details: [buildErrorInfo('RATE_LIMIT_EXCEEDED', 'googleapis.com', { service: 'fcm.googleapis.com', consumer })],
  },
  SERVICE_DISABLED: {
    status: 403,
    message: 'Firebase Cloud Messaging API has not been used in this project before or it is disabled.',
    details: [buildErrorInfo('SERVICE_DISABLED', 'googleapis.com', { service: 'fcm.googleapis.com', consumer })],
  },
} as const satisfies Readonly<Record<string, Reason>>;

const statuses: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ABORTED',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

/** An answer as ordered. */
export interface Ordered {
  readonly status: number;
  /** One of FCM's or any other; without one, the answer is a page of Google's front end in place of JSON. */
  readonly errorCode?: string;
  /** Seconds, or a moment: the two forms of the header. */
  readonly retryAfter?: number | Date;
  /** A BadRequest that blames these fields, before the FcmError. */
  readonly violations?: readonly Violation[];
}

export type ReasonName = keyof typeof reasons;

export const reasonNames = Object.keys(reasons) as readonly ReasonName[];

export function isReason(name: string): name is ReasonName {
  return Object.hasOwn(reasons, name);
}

/** The HTTP status a reason comes with. */
export function statusOf(name: ReasonName): number {
  return reasons[name].status;
}

export function buildNamed(name: ReasonName): Refusal {
  return buildOrdered({ status: statusOf(name), errorCode: name });
}

export function buildOrdered({ status, errorCode, retryAfter, violations }: Ordered): Refusal {
  const headers = retryAfter === undefined ? {} : { 'retry-after': formatRetryAfter(retryAfter) };
  if (errorCode === undefined) return buildPageRefusal(status, headers);
  const { message, details }: Reason = isReason(errorCode) ? reasons[errorCode] : fcm(status, errorCode, 'Something new.');
  const all = violations === undefined ? details : [buildBadRequest(violations), ...details];
  return buildRefusal(errorCode, { code: status, message, status: statuses[status] ?? 'UNKNOWN', details: all }, headers);
}

function fcm(status: number, errorCode: string, message: string): Reason {
  return { status, message, details: [buildFcmError(errorCode)] };
}
