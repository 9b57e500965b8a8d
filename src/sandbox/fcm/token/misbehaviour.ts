import { misbehave, type Scene, type WireMisbehaviour } from '../../server/misbehaviour.ts';

/** An answer of the token host as ordered. */
export interface OrderedTokenError {
  readonly status: number;
  /** `invalid_grant`, `internal_failure` …; without one, the answer is a page in place of JSON. */
  readonly error?: string;
  readonly description?: string;
  /** Seconds, or a moment: the two forms of the header. */
  readonly retryAfter?: number | Date;
}

/** What the token host does instead of answering a request that is in order. */
export type TokenMisbehaviour =
  | WireMisbehaviour
  | ({ readonly kind: 'answer' } & OrderedTokenError)
  /** 200 with an access token, and the JSON breaks off in the middle. */
  | { readonly kind: 'truncate' };

/** What a misbehaviour may do with one token request. */
export interface TokenScene extends Scene {
  refuse(ordered: OrderedTokenError): void;
  acceptHalf(): void;
}

export function misbehaveAsTokenHost(told: TokenMisbehaviour, scene: TokenScene): void {
  if (told.kind === 'answer') scene.refuse(told);
  else if (told.kind === 'truncate') scene.acceptHalf();
  else misbehave(told, scene);
}
