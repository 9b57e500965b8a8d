// Room: what apps of other app servers read at APNs. In: a push. Out: its kind and payload. May enter: apns.
import type { Push } from '../../../src/index.ts';
import type { Privacy } from '../../payload/payload-keys.ts';
import type { BuildDialectPayload, DialectPayload } from './dialect-payload.ts';
import { buildFpushPayload } from './fpush.ts';

const dialects: ReadonlyMap<string, BuildDialectPayload> = new Map([['fpush', buildFpushPayload]]);

/** Undefined for Tigase's own apps. */
export function buildDialectPayload(push: Push, privacy: Privacy): DialectPayload | undefined {
  const { dialect } = push;
  if (dialect === undefined) return undefined;
  return dialects.get(dialect.name)?.(push, privacy);
}
