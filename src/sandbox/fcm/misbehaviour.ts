import { misbehave, type Scene, type WireMisbehaviour } from '../server/misbehaviour.ts';
import { buildOrdered, type Ordered } from './reasons.ts';
import { refuseToken, type Refusal } from './refusal.ts';

/** What the sandbox does instead of accepting a message that is in order. */
export type FcmMisbehaviour =
  | WireMisbehaviour
  | ({ readonly kind: 'answer' } & Ordered)
  /** The refusal's JSON breaks off in the middle. */
  | ({ readonly kind: 'truncate' } & Ordered)
  /** 401 ACCESS_TOKEN_EXPIRED, for this message and every later one with the same access token. */
  | { readonly kind: 'expire-token' };

/** What a misbehaviour may do with one message. */
export interface FcmScene extends Scene {
  refuse(refusal: Refusal): void;
  expireAccessToken(): void;
}

export function misbehaveAsFcm(told: FcmMisbehaviour, scene: FcmScene): void {
  if (told.kind === 'answer') scene.refuse(buildOrdered(told));
  else if (told.kind === 'truncate') scene.refuse({ ...buildOrdered(told), isCutShort: true });
  else if (told.kind === 'expire-token') {
    scene.expireAccessToken();
    scene.refuse(refuseToken(true));
  } else misbehave(told, scene);
}
