import { kindOf } from './kind.ts';
import type { Notification } from '../provider/notification.ts';

export interface TimesToLive {
  /** How long a message push is worth delivering. */
  readonly defaultTtlMs: number;
  /** The same for a call. */
  readonly voipTtlMs: number;
}

/** When a push published `now` becomes worthless. The end of a call lives no longer than its start: both are stale by then. */
export function expiryOf(notification: Notification, { defaultTtlMs, voipTtlMs }: TimesToLive, now: Date): Date {
  return new Date(now.getTime() + (kindOf(notification) === 'call' ? voipTtlMs : defaultTtlMs));
}
