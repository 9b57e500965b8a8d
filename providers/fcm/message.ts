import { createHash } from 'node:crypto';
import type { Push } from '../../src/index.ts';
import { buildDialectMessage } from './dialects/dialects.ts';
import { buildContent } from '../payload/content.ts';
import { fit } from '../payload/fit.ts';
import type { PayloadKeys, Privacy } from '../payload/payload-keys.ts';
import { caseOf, type PushCase } from '../payload/push-cases.ts';

/** Google counts the payload only; the whole message within it leaves no room for doubt about what counts. */
const maxBytes = 4096;
const longestLifeSeconds = 28 * 24 * 60 * 60;
/** A Firebase installation id (FID) as Google's client makes them; registration tokens are many times longer. */
const installationId = /^[cdef][\w-]{21}$/;
/**
 * Google keeps up to four collapse keys alive per device, so only what says nothing of its own gets one: the newest of
 * them replaces those that wait. Whatever carries content stands for itself.
 */
const collapsing: ReadonlySet<string> = new Set(['message', 'read-elsewhere', 'silent']);

/** The target of a push, as FCM names it. */
export function targetOf({ token }: Pick<Push, 'token'>): { readonly fid: string } | { readonly token: string } {
  return installationId.test(token) ? { fid: token } : { token };
}

/** Body of a `messages:send` request: a data message, for the app alone to show (FCM HTTP v1, `projects.messages`). */
export function buildMessage(push: Push, privacy: Privacy, now: number): string {
  const dialect = buildDialectMessage(push);
  if (dialect !== undefined) {
    const { data, android } = dialect;
    return JSON.stringify({ message: { ...targetOf(push), android: { ...android, ttl: buildTtl(push, now) }, data } });
  }
  const row = caseOf(push);
  const render = (keys: PayloadKeys) =>
    JSON.stringify({ message: { ...targetOf(push), android: buildAndroid(push, row, keys, now), data: buildData(keys) } });
  return fit(render, row.buildKeys(push, privacy), maxBytes).payload;
}

/** The data of such a message, its numbers as numbers: contract of `Provider.contentOf`. */
export function readContent(push: Push, privacy: Privacy): Readonly<Record<string, unknown>> {
  return buildDialectMessage(push)?.data ?? { ...buildContent(push, privacy) };
}

/** What asks nothing but whether the target exists, and is never delivered. */
export function buildProbe(push: Pick<Push, 'token'>): string {
  return JSON.stringify({ validate_only: true, message: { ...targetOf(push), android: { priority: 'NORMAL' } } });
}

function buildAndroid(push: Push, row: PushCase, keys: PayloadKeys, now: number) {
  const collapseKey = buildCollapseKey(push, row, keys);
  return {
    priority: isUrgent(push, row) ? 'HIGH' : 'NORMAL',
    ttl: buildTtl(push, now),
    ...(collapseKey === undefined ? {} : { collapse_key: collapseKey }),
  };
}

function buildTtl(push: Push, now: number): string {
  const lifeSeconds = Math.floor((push.expiresAt.getTime() - now) / 1000);
  return `${Math.min(Math.max(lifeSeconds, 0), longestLifeSeconds)}s`;
}

function buildCollapseKey(push: Push, row: PushCase, keys: PayloadKeys): string | undefined {
  const [kind = '', , sender = ''] = row.subjectOf(push, keys) ?? [];
  return collapsing.has(kind) && sender === '' ? `${kind}-${shortHash(push.account)}` : undefined;
}

/** NORMAL waits until the phone wakes by itself: right for what nobody needs to see, and for what the server calls low. */
function isUrgent({ notification }: Push, { name, manner }: PushCase): boolean {
  if (notification.priority !== undefined) return notification.priority === 'high';
  // A call that is over must stop ringing.
  return manner !== 'silent' || name === 'call-end' || name === 'plain-call-end';
}

/** FCM takes strings only. */
function buildData(keys: PayloadKeys): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(keys).map(([name, value]) => [name, String(value)]));
}

/** Several accounts of one phone must not replace each other's. */
function shortHash(account: string): string {
  return createHash('sha256').update(account).digest('base64url').slice(0, 8);
}
