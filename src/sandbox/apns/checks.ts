import { headerOf, type SandboxRequest } from '../server/request.ts';
import { ruleOf, splitTopic } from './push-type.ts';
import { buildRefusal, type Reason, type Refusal } from './refusal.ts';

const path = '/3/device/';
const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const tokenPattern = /^(?:[0-9a-f]{2}){32,100}$/i;
const topicPattern = /^[A-Za-z0-9][A-Za-z0-9.-]{0,254}$/;
const longestCollapseIdBytes = 64;

/** A push to be checked; its topic is the header or, with a certificate, the certificate's own. */
export interface Candidate {
  readonly request: SandboxRequest;
  readonly topic: string | undefined;
  isAllowedTopic(topic: string): boolean;
  /** Parsed body; undefined where it is not a JSON object. */
  readonly payload: Readonly<Record<string, unknown>> | undefined;
}

interface Check<T> {
  readonly reason: Reason;
  fails(subject: T): boolean;
}

/** In the order in which APNs would notice: before it knows who is asking … */
const requestChecks: readonly Check<SandboxRequest>[] = [
  { reason: 'MethodNotAllowed', fails: ({ method }) => method !== 'POST' },
  { reason: 'MissingDeviceToken', fails: (request) => request.path === path || `${request.path}/` === path },
  { reason: 'BadPath', fails: (request) => !request.path.startsWith(path) || tokenOf(request).includes('/') },
  { reason: 'DuplicateHeaders', fails: ({ hasDuplicateHeaders }) => hasDuplicateHeaders },
];

/** … and after. Which reason a mismatch of type, topic and payload gets is not documented; the sandbox says InvalidPushType. */
const candidateChecks: readonly Check<Candidate>[] = [
  { reason: 'BadMessageId', fails: ({ request }) => isWrong(headerOf(request, 'apns-id'), (id) => uuidPattern.test(id)) },
  { reason: 'BadExpirationDate', fails: ({ request }) => isWrong(headerOf(request, 'apns-expiration'), (date) => /^\d{1,15}$/.test(date)) },
  { reason: 'BadCollapseId', fails: ({ request }) => isWrong(headerOf(request, 'apns-collapse-id'), isCollapseId) },
  { reason: 'InvalidPushType', fails: ({ request }) => ruleFor(request) === undefined },
  { reason: 'BadPriority', fails: ({ request }) => !ruleFor(request)?.priorities.includes(headerOf(request, 'apns-priority') ?? '10') },
  { reason: 'MissingTopic', fails: ({ topic }) => topic === undefined || topic === '' },
  { reason: 'BadTopic', fails: ({ topic = '' }) => !topicPattern.test(topic) },
  { reason: 'TopicDisallowed', fails: (candidate) => !candidate.isAllowedTopic(candidate.topic ?? '') },
  { reason: 'InvalidPushType', fails: ({ request, topic = '' }) => splitTopic(topic).suffix !== ruleFor(request)?.suffix },
  { reason: 'BadDeviceToken', fails: ({ request }) => !tokenPattern.test(tokenOf(request)) },
  { reason: 'PayloadTooLarge', fails: ({ request }) => request.bodyBytes > (ruleFor(request)?.maxBytes ?? 0) },
  { reason: 'PayloadEmpty', fails: ({ payload }) => payload === undefined },
  { reason: 'InvalidPushType', fails: ({ request, payload }) => !ruleFor(request)?.fits(apsOf(payload)) },
];

export function checkRequest(request: SandboxRequest): Refusal | undefined {
  const failed = requestChecks.find((check) => check.fails(request));
  return failed === undefined ? undefined : buildRefusal(failed.reason);
}

export function checkCandidate(candidate: Candidate): Refusal | undefined {
  const failed = candidateChecks.find((check) => check.fails(candidate));
  return failed === undefined ? undefined : buildRefusal(failed.reason);
}

/** The device token of the path, as sent. */
export function tokenOf(request: SandboxRequest): string {
  return request.path.slice(path.length);
}

export function parsePayload(body: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    // The caller refuses what is not JSON.
    return undefined;
  }
}

function ruleFor(request: SandboxRequest) {
  return ruleOf(headerOf(request, 'apns-push-type'));
}

function apsOf(payload: Readonly<Record<string, unknown>> | undefined): Readonly<Record<string, unknown>> {
  const aps = payload?.['aps'];
  return isObject(aps) ? aps : {};
}

function isCollapseId(id: string): boolean {
  const bytes = Buffer.byteLength(id);
  return bytes > 0 && bytes <= longestCollapseIdBytes;
}

function isWrong(value: string | undefined, isRight: (value: string) => boolean): boolean {
  return value !== undefined && !isRight(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
