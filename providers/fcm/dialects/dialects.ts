// Room: what apps of other app servers read at FCM. In: a push. Out: data and its manner. May enter: fcm.
import type { Push } from '../../../src/index.ts';
import type { BuildDialectMessage, DialectMessage } from './dialect-message.ts';
import { buildFpushMessage } from './fpush.ts';

const dialects: ReadonlyMap<string, BuildDialectMessage> = new Map([['fpush', buildFpushMessage]]);

/** Undefined for Tigase's own apps. */
export function buildDialectMessage(push: Push): DialectMessage | undefined {
  const { dialect } = push;
  if (dialect === undefined) return undefined;
  return dialects.get(dialect.name)?.(push, dialect);
}
