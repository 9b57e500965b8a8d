import { target as forms } from './forms/target.ts';
import { target as stanzas } from './stanzas/target.ts';
import type { Target } from './target.ts';

/** A target and its part of the inputs, in relation to the others'. */
export interface Share {
  readonly target: Target<unknown>;
  readonly share: number;
}

/** Every way in. */
export const targets: readonly Share[] = [
  { target: stanzas, share: 40 },
  { target: forms, share: 20 },
];
