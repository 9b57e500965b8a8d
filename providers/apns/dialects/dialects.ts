// Room: what apps of other app servers read at APNs. In: a push. Out: its kind and payload. May enter: apns.
import type { Push } from '../../../src/index.ts';
import type { Privacy } from '../../payload/payload-keys.ts';
import { wake } from './alerts.ts';
import type { BuildDialectPayload, DialectPayload } from './dialect-payload.ts';
import { buildFluuxPayload } from './fluux.ts';
import { buildModPushAppserverPayload } from './mod-push-appserver.ts';
import { buildFpushPayload } from './fpush.ts';
import { buildOpenfirePayload } from './openfire.ts';
import { buildP2Payload } from './p2.ts';

const dialects: ReadonlyMap<string, BuildDialectPayload> = new Map([
  ['p2', buildP2Payload],
  ['openfire', buildOpenfirePayload],
  ['fluux', buildFluuxPayload],
  ['mod_push_appserver', buildModPushAppserverPayload],
  ['fpush', buildFpushPayload],
]);

/** Undefined for Tigase's own apps. An app of a dialect that APNs knows nothing of is woken, and told nothing. */
export function buildDialectPayload(push: Push, privacy: Privacy): DialectPayload | undefined {
  const { dialect } = push;
  if (dialect === undefined) return undefined;
  return dialects.get(dialect.name)?.(push, privacy) ?? wake;
}
