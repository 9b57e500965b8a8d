import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildAuthority } from '../../../src/sandbox/authority.ts';
import { startApns } from './apns.ts';
import type { ServiceName } from '../device.ts';
import { startFcm } from './fcm.ts';
import type { Service } from './service.ts';

/** Hears of each push that is accepted: what the service was told of its sender. */
export type OnAccepted = (service: ServiceName, sender: unknown) => void;

/** Both services; their files go into the folder. Settles when they listen. Whoever starts them closes each. */
export async function startServices(folder: string, onAccepted: OnAccepted): Promise<Readonly<Record<ServiceName, Service>>> {
  const authority = buildAuthority();
  writeFileSync(join(folder, 'ca.pem'), authority.ca);
  const apns = await startApns(folder, authority, (sender) => onAccepted('apns', sender));
  return { apns, fcm: await startFcm(folder, authority, (sender) => onAccepted('fcm', sender)) };
}
