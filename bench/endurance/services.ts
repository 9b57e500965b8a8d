import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildAuthority } from '../../src/sandbox/authority.ts';
import type { WireMisbehaviour } from '../../src/sandbox/server/misbehaviour.ts';
import { startApns } from './apns.ts';
import type { ServiceName } from './device.ts';
import { startFcm } from './fcm.ts';

/** How a service is away: it says so, it says nothing, or nothing listens. */
export const manners = ['503', 'silent', 'refused'] as const;
export type Manner = (typeof manners)[number];

/** A push service for the run. */
export interface Service {
  /** The provider id that devices register under. */
  readonly provider: string;
  /** The provider's table in the configuration. */
  readonly table: string;
  buildToken(): string;
  /** The token is dead from now on. */
  end(token: string): void;
  misbehave(told: WireMisbehaviour): void;
  /** Takes nothing from now on. */
  leave(manner: Manner): void | Promise<void>;
  comeBack(): void | Promise<void>;
  close(): Promise<void>;
}

/** Hears of each push that is accepted: what the service was told of its sender. */
export type OnAccepted = (service: ServiceName, sender: unknown) => void;

/** Both services; their files go into the folder. Settles when they listen. Whoever starts them closes each. */
export async function startServices(folder: string, onAccepted: OnAccepted): Promise<Readonly<Record<ServiceName, Service>>> {
  const authority = buildAuthority();
  writeFileSync(join(folder, 'ca.pem'), authority.ca);
  const apns = await startApns(folder, authority, (sender) => onAccepted('apns', sender));
  return { apns, fcm: await startFcm(folder, authority, (sender) => onAccepted('fcm', sender)) };
}
