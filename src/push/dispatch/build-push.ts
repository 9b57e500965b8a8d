import { toMachineTime } from '../../base/clock.ts';
import type { Device } from '../../registry/devices/device.ts';
import type { Notification } from '../provider/notification.ts';
import type { Push } from '../provider/provider.ts';
import type { Sealed } from '../provider/sealed.ts';

/** A push before it becomes the provider's; the same at every try. */
export interface Sendable {
  /** Lower-case canonical UUID. */
  readonly id: string;
  readonly device: Device;
  readonly notification: Notification;
  /** By the steady clock. */
  readonly expiresAt: Date;
  /** See {@link Push.sealed}. */
  readonly sealed?: Sealed | undefined;
  /** The push service judges credentials that came with the push: what it says proves nothing of ours and needs no proof of them. */
  readonly hasOwnCredentials?: boolean;
}

/** As the provider gets it; `showsId` where it may come by another way too. */
export function buildPush({ id, device, notification, expiresAt, sealed }: Sendable, showsId: boolean): Push {
  const { owner: account, token, secondToken, registeredAt, note: remembered, dialect } = device;
  const common = { id, account, token, secondToken, registeredAt, remembered, expiresAt: toMachineTime(expiresAt), notification };
  if (sealed !== undefined) return { ...common, sealed };
  const push: Push = showsId ? { ...common, showsId } : common;
  return dialect === undefined ? push : { ...push, dialect: { name: dialect.name, keys: dialect.keys } };
}
