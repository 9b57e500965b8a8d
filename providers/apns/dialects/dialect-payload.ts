import type { Push } from '../../../src/index.ts';
import type { Privacy } from '../../payload/payload-keys.ts';
import type { PushKind } from '../push-kind.ts';

/** What the app of another app server is sent: nothing of it is ours to add to. */
export interface DialectPayload {
  readonly kind: PushKind;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Where that app server could be told of static keys: those of the provider's option `extra` stand beside. */
  readonly takesExtra?: true;
}

/** Stays within the limit of its kind. */
export type BuildDialectPayload = (push: Push, privacy: Privacy) => DialectPayload;
