// Room: a push as a Web Push message. In: a push, its subscription. Out: headers and body. May enter: webpush.
import { createHmac } from 'node:crypto';
import type { Push } from '../../../src/index.ts';
import { fit } from '../../payload/fit.ts';
import type { PayloadKeys, Privacy } from '../../payload/payload-keys.ts';
import { caseOf, type PushCase, type Subject } from '../../payload/push-cases.ts';
import type { SubscriptionKeys } from '../subscription.ts';
import { encrypt, mostPlainBytes } from './encrypt.ts';

/** What a push service makes of a message without reading it (RFC 8030 §5.3). */
export type Urgency = 'low' | 'normal' | 'high';

/** A push as RFC 8030 takes it, but for its address and whose it is. */
export interface WebpushMessage {
  readonly urgency: Urgency;
  /** Replaces the waiting message of the same topic; undefined where it replaces nothing. */
  readonly topic: string | undefined;
  readonly ttlSeconds: number;
  readonly body: Buffer;
  readonly isEncrypted: boolean;
}

export interface MessageRules {
  readonly privacy: Privacy;
  /** Makes topics that no push service can guess the account or sender from. */
  readonly topicKey: Buffer;
}

/** Mozilla refuses more than 30 days; others take at most four weeks. */
const longestTtlSeconds = 28 * 24 * 60 * 60;
/** 192 bits are 32 characters, as many as RFC 8030 §5.4 allows. */
const topicBytes = 24;
/** What is behind a relay to another service, which takes less than RFC 8030 promises: smaller than any that is known. */
export const cautiousPlainBytes = 1900;

/** A message of at most `maxBytes` of text: what does not fit is left out as contract §5 says. */
export function buildMessage(
  push: Push,
  keys: SubscriptionKeys | undefined,
  rules: MessageRules,
  now: number,
  maxBytes = mostPlainBytes,
): WebpushMessage {
  const row = caseOf(push);
  // An app made for another app server registered an address that this one never heard of: it is woken, and told nothing.
  const all = push.dialect === undefined ? row.buildKeys(push, rules.privacy) : { account: push.account };
  const { payload, keys: sent } = fit(render, all, maxBytes);
  const text = Buffer.from(payload);
  return {
    urgency: urgencyOf(push, row),
    topic: buildTopic(rules.topicKey, row.subjectOf(push, sent)),
    ttlSeconds: ttlOf(push.expiresAt, now),
    body: keys === undefined ? text : encrypt(text, keys),
    isEncrypted: keys !== undefined,
  };
}

/** The same as FCM's data: strings only, so that an app reads both with the same code. */
function render(keys: PayloadKeys): string {
  return JSON.stringify(Object.fromEntries(Object.entries(keys).map(([name, value]) => [name, String(value)])));
}

/** `high` wakes a sleeping device; what nobody needs to see waits for one that is awake. */
function urgencyOf({ notification }: Push, { name, manner }: PushCase): Urgency {
  if (notification.priority === 'high') return 'high';
  if (notification.priority === 'low') return manner === 'silent' ? 'low' : 'normal';
  // A call that is over must stop ringing.
  if (manner !== 'silent' || name === 'call-end' || name === 'plain-call-end') return 'high';
  return name === 'without-content' ? 'low' : 'normal';
}

export function ttlOf(expiresAt: Date, now: number): number {
  const seconds = Math.floor((expiresAt.getTime() - now) / 1000);
  return Math.min(Math.max(seconds, 0), longestTtlSeconds);
}

function buildTopic(key: Buffer, subject: Subject | undefined): string | undefined {
  if (subject === undefined) return undefined;
  return createHmac('sha256', key).update(JSON.stringify(subject)).digest().subarray(0, topicBytes).toString('base64url');
}
