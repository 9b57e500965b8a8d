// Room: what apps of other app servers read at FCM. In: a push. Out: data and its manner. May enter: fcm.
import type { Push } from '../../../src/index.ts';
import type { BuildDialectMessage, DialectMessage } from './dialect-message.ts';
import { buildModPushAppserverMessage } from './mod-push-appserver.ts';
import { buildFpushMessage } from './fpush.ts';
import { buildOpenfireMessage, wake } from './openfire.ts';
import { buildP2Message } from './p2.ts';

const dialects: ReadonlyMap<string, BuildDialectMessage> = new Map([
  ['p2', buildP2Message],
  ['openfire', buildOpenfireMessage],
  ['mod_push_appserver', buildModPushAppserverMessage],
  ['fpush', buildFpushMessage],
]);

/** Undefined for Tigase's own apps. An app of a dialect that FCM knows nothing of is woken, and told nothing. */
export function buildDialectMessage(push: Push): DialectMessage | undefined {
  const { dialect } = push;
  if (dialect === undefined) return undefined;
  return dialects.get(dialect.name)?.(push, dialect) ?? wake;
}
