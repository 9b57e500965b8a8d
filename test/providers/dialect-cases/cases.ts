import { readFileSync } from 'node:fs';
import type { Push } from '../../../src/index.ts';
import { readCapture, readNotification } from '../apns-cases/goldens.ts';
import { buildPush } from '../kit.ts';

const folder = new URL('../../fixtures/dialects/', import.meta.url);
const account = 'anna@example.net';

/** What a publish becomes for the app of another app server. */
export interface DialectCase {
  readonly why: string;
  readonly dialect: string;
  /** What was agreed at registration. */
  readonly keys?: Readonly<Record<string, string>>;
  /** A capture of a real server among test/fixtures/stanzas, or a stanza. */
  readonly captured?: string;
  readonly stanza?: string;
  /** Of the provider's table. */
  readonly options?: Readonly<Record<string, unknown>>;
  readonly expected: Readonly<Record<string, unknown>>;
}

/** The cases of one push service, `fcm.json` or `apns.json`. */
export function readCases(service: 'fcm' | 'apns'): Readonly<Record<string, DialectCase>> {
  return JSON.parse(readFileSync(new URL(`${service}.json`, folder), 'utf8')) as Readonly<Record<string, DialectCase>>;
}

export function buildCasePush({ dialect, keys = {}, captured, stanza }: DialectCase, token: string): Push {
  const notification = readNotification(captured === undefined ? stanza! : readCapture(captured));
  return buildPush(notification, { account, token, dialect: { name: dialect, keys } });
}
