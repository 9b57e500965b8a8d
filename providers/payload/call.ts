import type { Notification } from '../../src/index.ts';

/** What a notification says about a call. The encrypted kinds are the only ones that an app can ring for. */
export type CallSignal = 'encrypted-start' | 'encrypted-end' | 'plain-start' | 'plain-end' | 'none';

/**
 * Tigase marks an encrypted call by `type='voip'` and its start, nothing else, by priority high (tigase:push:encrypt:0).
 * An action in the clear outweighs both: iOS stops an app's calls when it rings for one that is over.
 */
export function readCallSignal({ encrypted, priority, jingle, meet }: Notification): CallSignal {
  if (encrypted?.type === 'voip') return priority === 'high' && isStart(jingle?.action) ? 'encrypted-start' : 'encrypted-end';
  if (encrypted !== undefined) return 'none';
  if (jingle !== undefined) return startsPlainly(jingle) ? 'plain-start' : 'plain-end';
  return meet === undefined ? 'none' : 'plain-start';
}

/** A phone rings for half a minute: a request about a call that gets no answer is sent once more long before the others are given up. */
const callPatienceMs = 4_000;

/** How long a request may go without an answer before it is sent once more; undefined where it waits for as long as it may. */
export function patienceOf(notification: Notification): number | undefined {
  return readCallSignal(notification) === 'none' ? undefined : callPatienceMs;
}

/** What names the call among others, where the server told it in the clear. */
export function callIdOf({ jingle, meet }: Notification): string | undefined {
  return jingle?.sid ?? meet?.id;
}

function isStart(action: string | undefined): boolean {
  return action === undefined || action === 'propose';
}

/** Servers from before December 2025 name no action, and media only with a proposal. */
function startsPlainly({ action, media }: NonNullable<Notification['jingle']>): boolean {
  return action === undefined ? media.length > 0 : isStart(action);
}
