import { misbehave, type Scene, type WireMisbehaviour } from '../server/misbehaviour.ts';
import type { Client } from './client.ts';
import { buildRefusal, type Refusal } from './refusal.ts';

export type { Scope } from '../server/plans.ts';

/** What the sandbox does instead of accepting a push that is in order. */
export type Misbehaviour =
  | WireMisbehaviour
  | { readonly kind: 'answer'; readonly status: number; readonly reason: string; readonly timestamp?: number }
  /** The refusal's JSON breaks off in the middle. */
  | { readonly kind: 'truncate'; readonly status: number; readonly reason: string }
  /** 403 ExpiredProviderToken, for this push and every later one on the connection. */
  | { readonly kind: 'expire-token' };

/** What a misbehaviour may do with one push. */
export interface ApnsScene extends Scene {
  readonly client: Client;
  refuse(refusal: Refusal): void;
}

export function misbehaveAsApns(told: Misbehaviour, scene: ApnsScene): void {
  if (told.kind === 'answer') scene.refuse(asRefusal(told));
  else if (told.kind === 'truncate') scene.refuse({ ...asRefusal(told), isCutShort: true });
  else if (told.kind === 'expire-token') {
    scene.client.wedge();
    scene.refuse(buildRefusal('ExpiredProviderToken'));
  } else misbehave(told, scene);
}

function asRefusal({ status, reason, timestamp }: Refusal): Refusal {
  return { status, reason, ...(timestamp === undefined ? {} : { timestamp }) };
}
