import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Authority, SigningKey } from './authority.ts';
import type { ServiceAccountFile } from './fcm/sandbox-fcm.ts';
import type { SandboxSubscription } from './webpush/sandbox-webpush.ts';
import type { VapidPair } from './webpush/vapid.ts';

/** Where the sandbox left what its clients need. */
export interface SandboxFolder {
  readonly caFile: string;
  readonly keyFile: string;
  readonly p12File: string;
}

/** Password of the .p12 the sandbox writes: it protects nothing, and some tools refuse an empty one. */
export const p12Password = 'sandbox';

/** Writes ca.pem, AuthKey_<id>.p8 and apns.p12, readable by this user only. Throws where the folder can't be written. */
export function writeFolder(folder: string, authority: Authority, key: SigningKey, topics: readonly string[]): SandboxFolder {
  const p12 = authority.issueClient(topics.flatMap((topic) => [topic, `${topic}.voip`])).p12(p12Password);
  return {
    caFile: writePrivate(folder, 'ca.pem', authority.ca),
    keyFile: writePrivate(folder, `AuthKey_${key.keyId}.p8`, key.p8),
    p12File: writePrivate(folder, 'apns.p12', p12),
  };
}

/** Writes service-account.json in the same way and returns its path. */
export function writeServiceAccount(folder: string, account: ServiceAccountFile): string {
  return writePrivate(folder, 'service-account.json', `${JSON.stringify(account, null, 2)}\n`);
}

/** Writes vapid.pem in the same way and returns its path. */
export function writeVapidKey(folder: string, { pem }: VapidPair): string {
  return writePrivate(folder, 'vapid.pem', pem);
}

function writePrivate(folder: string, name: string, content: string | Buffer): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(resolve(folder), name);
  writeFileSync(path, content, { mode: 0o600 });
  // The mode counts for a new file only.
  chmodSync(path, 0o600);
  return path;
}

/** A table of the APNs provider for the configuration, ready to paste. */
export function buildTable(topic: string, origin: string, files: SandboxFolder, key: SigningKey): string {
  const lines = [
    '[providers."tigase:messenger:apns:1"]',
    'use = "apns"',
    `apns-topic = ${JSON.stringify(topic)}`,
    `key-file = ${JSON.stringify(files.keyFile)}`,
    `key-id = ${JSON.stringify(key.keyId)}`,
    `team-id = ${JSON.stringify(key.teamId)}`,
    `endpoint = ${JSON.stringify(origin)}`,
    `ca-file = ${JSON.stringify(files.caFile)}`,
    '',
    '# with a certificate instead of the three key lines:',
    `# cert-file = ${JSON.stringify(files.p12File)}`,
    `# cert-password = ${JSON.stringify(p12Password)}`,
  ];
  return lines.join('\n');
}

/** The same of the FCM provider. Where access tokens are to be had stands in the service account's file. */
export function buildFcmTable(origin: string, serviceAccountFile: string, caFile: string): string {
  const lines = [
    '[providers."fcm-xmpp-api"]',
    'use = "fcm"',
    `service-account-file = ${JSON.stringify(serviceAccountFile)}`,
    `endpoint = ${JSON.stringify(origin)}`,
    `ca-file = ${JSON.stringify(caFile)}`,
  ];
  return lines.join('\n');
}

/** The same of the Web Push provider, and two apps that can be registered with it: one with keys, one that reads what comes as it is. */
export function buildWebpushTable(vapidKeyFile: string, caFile: string, apps: readonly SandboxSubscription[]): string {
  const lines = [
    '[providers.webpush]',
    'use = "webpush"',
    `vapid-key-file = ${JSON.stringify(vapidKeyFile)}`,
    'subject = "mailto:admin@example.org"',
    'allow-private = ["localhost"]',
    'allow-unencrypted = true',
    `ca-file = ${JSON.stringify(caFile)}`,
    '',
    '# device tokens to register, of a browser and of UnifiedPush without encryption:',
    ...apps.map((app) => `# ${app.p256dh === undefined ? app.endpoint : JSON.stringify(app)}`),
  ];
  return lines.join('\n');
}
