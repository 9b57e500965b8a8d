// Room: which notification becomes which kind of push, for every provider. In: a notification. Out: kinds and fitting texts. May enter:
// providers.
import type { Notification, Push } from '../../src/index.ts';
import { callIdOf, readCallSignal, type CallSignal } from './call.ts';
import { buildClearKeys, buildEncryptedKeys, buildPlainKeys, type PayloadKeys, type Privacy } from './payload-keys.ts';

/** What a push is about: of two pushes about the same, the newer makes the older worthless. */
export type Subject = readonly [kind: string, ...of: string[]];

/** How a push comes to the user: it rings (only where the app can), it shows, or the app alone is told. */
export type Manner = 'ring' | 'show' | 'silent';

/** One kind of notification and its push, the same at every push service. */
export interface PushCase {
  readonly name: string;
  readonly manner: Manner;
  matches(push: Push): boolean;
  buildKeys(push: Push, privacy: Privacy): PayloadKeys;
  /** Undefined where each push stands for itself; `sent` is what was left of the keys. */
  subjectOf(push: Push, sent: PayloadKeys): Subject | undefined;
}

/** The first that matches is sent; the last matches everything. docs/apns.md shows the same table to administrators. */
const cases: readonly PushCase[] = [
  { name: 'account-removed', manner: 'silent', matches: isRemoval, buildKeys: buildClearKeys, subjectOf: aboutAccount('account-removed') },
  { name: 'call-start', manner: 'ring', matches: isCall('encrypted-start'), buildKeys: buildEncryptedKeys, subjectOf: aboutCall },
  { name: 'call-end', manner: 'silent', matches: isCall('encrypted-end'), buildKeys: buildEncryptedKeys, subjectOf: aboutCall },
  { name: 'plain-call-start', manner: 'show', matches: isCall('plain-start'), buildKeys: buildPlainKeys, subjectOf: aboutCall },
  { name: 'plain-call-end', manner: 'silent', matches: isCall('plain-end'), buildKeys: buildPlainKeys, subjectOf: aboutCall },
  // Also with priority low: Tigase sends it for OMEMO messages, and Siskin passes over encrypted background pushes.
  { name: 'encrypted', manner: 'show', matches: isEncrypted, buildKeys: buildEncryptedKeys, subjectOf: aboutMessage },
  {
    name: 'read-elsewhere',
    manner: 'silent',
    matches: isReadElsewhere,
    buildKeys: buildClearKeys,
    subjectOf: aboutAccount('read-elsewhere'),
  },
  { name: 'low-priority', manner: 'silent', matches: isLow, buildKeys: buildPlainKeys, subjectOf: aboutAccount('silent') },
  { name: 'message', manner: 'show', matches: isMessage, buildKeys: buildPlainKeys, subjectOf: aboutMessage },
  // Servers without priorities publish chat states and the like this way: nothing that a user should see.
  { name: 'without-content', manner: 'silent', matches: () => true, buildKeys: buildPlainKeys, subjectOf: aboutAccount('silent') },
];

/** The case of a push; there is one for every push. */
export function caseOf(push: Push): PushCase {
  const found = cases.find((row) => row.matches(push));
  if (found === undefined) throw new Error('the last case matches everything');
  return found;
}

function isRemoval({ notification }: Push): boolean {
  return notification.event === 'account-removed';
}

function isCall(signal: CallSignal): (push: Push) => boolean {
  return ({ notification }) => readCallSignal(notification) === signal;
}

function isEncrypted({ notification }: Push): boolean {
  return notification.encrypted !== undefined;
}

function isReadElsewhere({ notification }: Push): boolean {
  return notification.messageCount === 0 && notification.priority !== 'high' && !hasContent(notification);
}

function isLow({ notification }: Push): boolean {
  return notification.priority === 'low';
}

function isMessage({ notification }: Push): boolean {
  return notification.priority === 'high' || hasContent(notification);
}

function hasContent({ sender, body }: Notification): boolean {
  return sender !== undefined || body !== undefined;
}

function aboutAccount(kind: string): (push: Push) => Subject {
  return ({ account }) => [kind, account];
}

function aboutCall({ account, notification }: Push): Subject | undefined {
  const id = callIdOf(notification);
  return id === undefined ? undefined : ['call', account, id];
}

/** A message that the user can tell from others stands for itself; one that says only "new message" needs saying once. */
function aboutMessage({ account }: Push, { body, encrypted, sender = '' }: PayloadKeys): Subject | undefined {
  if (body !== undefined || encrypted !== undefined) return undefined;
  return ['message', account, sender.replace(/\/.*/s, '')];
}
