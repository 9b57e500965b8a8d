import { target as answers } from './answers/target.ts';
import { target as certificates } from './certificates/target.ts';
import { target as configuration } from './configuration/target.ts';
import { target as endpoints } from './endpoints/target.ts';
import { target as forms } from './forms/target.ts';
import { target as localPush } from './local-push/target.ts';
import { target as notifications } from './notifications/target.ts';
import { target as rest } from './rest/target.ts';
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
  { target: rest, share: 10 },
  { target: configuration, share: 10 },
  { target: certificates, share: 10 },
  { target: answers, share: 10 },
  { target: endpoints, share: 10 },
  { target: localPush, share: 10 },
  { target: notifications, share: 10 },
];
