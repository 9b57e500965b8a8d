import { misbehave, type Scene, type WireMisbehaviour } from '../server/misbehaviour.ts';
import { buildOrdered, buildRefusal, type Refusal } from './refusal.ts';

/** What the sandbox does instead of accepting a push that is in order. */
export type WebpushMisbehaviour =
  | WireMisbehaviour
  /** A redirect leads to the same endpoint, where a push would be taken: whoever follows is found out. */
  | { readonly kind: 'answer'; readonly status: number; readonly retryAfter?: number | Date }
  /** The refusal's JSON breaks off in the middle. */
  | { readonly kind: 'truncate'; readonly status: number }
  /** Accepted, and Content-Length promises so many bytes more than come. */
  | { readonly kind: 'wrong-length'; readonly excess: number }
  /** 403 for this push and every later one with the same VAPID token. */
  | { readonly kind: 'expire-token' };

/** What a misbehaviour may do with one push. */
export interface WebpushScene extends Scene {
  /** Where the push was sent to. */
  readonly endpoint: string;
  refuse(refusal: Refusal): void;
  acceptWith(excessBytes: number): void;
  expireToken(): void;
}

export function misbehaveAsWebpush(told: WebpushMisbehaviour, scene: WebpushScene): void {
  if (told.kind === 'answer') scene.refuse(buildOrdered(told.status, told.retryAfter, scene.endpoint));
  else if (told.kind === 'truncate') scene.refuse(cutShort(buildOrdered(told.status, undefined, scene.endpoint)));
  else if (told.kind === 'wrong-length') scene.acceptWith(told.excess);
  else if (told.kind === 'expire-token') {
    scene.expireToken();
    scene.refuse(buildRefusal('expired-token'));
  } else misbehave(told, scene);
}

function cutShort(refusal: Refusal): Refusal {
  return { ...refusal, text: refusal.text.slice(0, refusal.text.length / 2) };
}
