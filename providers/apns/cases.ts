import type { Notification, Push } from '../../src/index.ts';
import { callIdOf, readCallSignal, type CallSignal } from './call.ts';
import { buildClearKeys, buildEncryptedKeys, buildPlainKeys, type PayloadKeys, type Privacy } from './payload-keys.ts';
import { alert, background, voip, type PushKind } from './push-kind.ts';

/** What a push is about: of two pushes about the same, the newer makes the older worthless. */
export type Subject = readonly [kind: string, ...of: string[]];

/** One kind of notification and its push. */
export interface PushCase {
  readonly name: string;
  readonly kind: PushKind;
  matches(push: Push): boolean;
  buildKeys(push: Push, privacy: Privacy): PayloadKeys;
  /** Undefined where each push stands for itself; `sent` is what was left of the keys. */
  subjectOf(push: Push, sent: PayloadKeys): Subject | undefined;
}

/** The first that matches is sent; the last matches everything. docs/apns.md shows the same table to administrators. */
export const cases: readonly PushCase[] = [
  { name: 'account-removed', kind: background, matches: isRemoval, buildKeys: buildClearKeys, subjectOf: aboutAccount('account-removed') },
  {
    name: 'call-start',
    kind: voip,
    matches: (push) => isCall(push, 'encrypted-start') && push.secondToken !== undefined,
    buildKeys: buildEncryptedKeys,
    subjectOf: aboutCall,
  },
  {
    name: 'call-without-second-token',
    kind: alert,
    matches: (push) => isCall(push, 'encrypted-start'),
    buildKeys: buildEncryptedKeys,
    subjectOf: aboutCall,
  },
  {
    name: 'call-end',
    kind: background,
    matches: (push) => isCall(push, 'encrypted-end'),
    buildKeys: buildEncryptedKeys,
    subjectOf: aboutCall,
  },
  {
    name: 'plain-call-start',
    kind: alert,
    matches: (push) => isCall(push, 'plain-start'),
    buildKeys: buildPlainKeys,
    subjectOf: aboutCall,
  },
  {
    name: 'plain-call-end',
    kind: background,
    matches: (push) => isCall(push, 'plain-end'),
    buildKeys: buildPlainKeys,
    subjectOf: aboutCall,
  },
  // Also with priority low: Tigase sends it for OMEMO messages, and the app passes over encrypted background pushes.
  {
    name: 'encrypted',
    kind: alert,
    matches: ({ notification }) => notification.encrypted !== undefined,
    buildKeys: buildEncryptedKeys,
    subjectOf: aboutMessage,
  },
  {
    name: 'read-elsewhere',
    kind: background,
    matches: isReadElsewhere,
    buildKeys: buildClearKeys,
    subjectOf: aboutAccount('read-elsewhere'),
  },
  {
    name: 'low-priority',
    kind: background,
    matches: ({ notification }) => notification.priority === 'low',
    buildKeys: buildPlainKeys,
    subjectOf: aboutAccount('silent'),
  },
  {
    name: 'message',
    kind: alert,
    matches: ({ notification }) => notification.priority === 'high' || hasContent(notification),
    buildKeys: buildPlainKeys,
    subjectOf: aboutMessage,
  },
  // Servers without priorities publish chat states and the like this way: nothing that a user should see.
  { name: 'without-content', kind: background, matches: () => true, buildKeys: buildPlainKeys, subjectOf: aboutAccount('silent') },
];

function isRemoval({ notification }: Push): boolean {
  return notification.event === 'account-removed';
}

function isCall({ notification }: Push, signal: CallSignal): boolean {
  return readCallSignal(notification) === signal;
}

function isReadElsewhere({ notification }: Push): boolean {
  return notification.messageCount === 0 && notification.priority !== 'high' && !hasContent(notification);
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
