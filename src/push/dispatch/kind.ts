import type { Device } from '../../registry/devices/device.ts';
import type { DeferredKind } from '../../registry/deferred/deferred-store.ts';
import type { Notification } from '../provider/notification.ts';

/**
 * What a push is for, as the providers read it: it is about a call, it shows something, or it tells the app alone. Of a
 * device's waiting pushes of one kind only the newest matters.
 */
export function kindOf(notification: Notification): DeferredKind {
  // Silent, but the last word on an account: nothing that is merely read elsewhere may replace or delay it.
  if (notification.event === 'account-removed') return 'message';
  if (isAboutCall(notification)) return 'call';
  return isShown(notification) ? 'message' : 'update';
}

/**
 * The same for a device. An app of another app server is woken by every publish, as it is used to: a server that tells neither body nor
 * sender (ejabberd, unless it is asked to) publishes a message without either, and nothing else brings that message to the app.
 */
export function kindFor({ dialect }: Pick<Device, 'dialect'>, notification: Notification): DeferredKind {
  const kind = kindOf(notification);
  return kind === 'update' && dialect !== undefined && notification.priority !== 'low' ? 'message' : kind;
}

/** Also when it ends: the end must find the way that the start took. */
function isAboutCall({ encrypted, jingle, meet }: Notification): boolean {
  if (encrypted !== undefined) return encrypted.type === 'voip';
  return jingle !== undefined || meet !== undefined;
}

/** Encrypted ones always: Tigase sends them with priority low for OMEMO messages. */
function isShown({ encrypted, priority, sender, body }: Notification): boolean {
  if (encrypted !== undefined || priority === 'high') return true;
  return priority !== 'low' && (sender !== undefined || body !== undefined);
}
