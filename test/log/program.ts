import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import { createSandboxApns, type SandboxApns } from '../../src/sandbox/apns/sandbox-apns.ts';
import { buildAuthority, type ClientIdentity } from '../../src/sandbox/authority.ts';
import { createSandboxFcm, type SandboxFcm } from '../../src/sandbox/fcm/sandbox-fcm.ts';
import type { ProviderConfig } from '../../src/config/config.ts';
import { startTestApp, type TestApp } from '../helpers/app.ts';
import { createTestFolder, startServer, type TestServer } from '../helpers/database/postgres.ts';
import { writeInto } from '../providers/kit.ts';

export const topic = 'org.example.app';
/** Provider ids. */
export const ids = {
  iphone: 'iphone',
  uploaded: 'uploaded',
  android: 'android',
  logged: 'logged',
  blabbing: 'blabbing',
  leaking: 'leaking',
};

/** The whole program with every provider there is, sandboxes behind them, and a database that can be stopped. */
export interface Program {
  readonly app: TestApp;
  readonly apns: SandboxApns;
  readonly fcm: SandboxFcm;
  readonly database: TestServer;
  readonly issueClient: () => ClientIdentity;
  readonly words: Words;
  readonly get: (path: string) => Promise<string>;
  readonly post: (path: string, body: string) => Promise<number>;
  readonly close: () => Promise<void>;
}

/** What the run is about, all of it random: none of it stands in a log by chance. */
export type Words = ReturnType<typeof buildWords>;

export interface ProgramOptions {
  readonly jids?: boolean;
  /** A provider that logs what it must not. */
  readonly leaks?: boolean;
}

export async function startProgram({ jids = false, leaks = false }: ProgramOptions = {}): Promise<Program> {
  await using cleanUp = new AsyncDisposableStack();
  const words = buildWords();
  const folder = await createTestFolder();
  cleanUp.defer(() => rm(folder, { recursive: true, force: true }));
  const authority = buildAuthority();
  const issueClient = () => authority.issueClient([topic, `${topic}.voip`]);
  const apns = await createSandboxApns({ authority, topics: [topic] });
  cleanUp.defer(() => apns.close());
  const fcm = await createSandboxFcm({ authority });
  cleanUp.defer(() => fcm.close());
  const account = fcm.issueServiceAccount();
  const files = { 'ca.pem': authority.ca, 'apns.p12': issueClient().p12(words.password), 'account.json': JSON.stringify(account) };
  writeInto(folder, files);
  const database = await startServer('embedded');
  cleanUp.defer(() => database.close());
  const app = await startTestApp({
    component: { admins: [words.admin] },
    database: { url: await database.createDatabase(), key: randomBytes(32) },
    dialects: { fpush: { modules: { phone: ids.iphone }, default: undefined, ratelimitMs: 0 } },
    http: { rest: join(import.meta.dirname, '../../scripts/rest') },
    localPush: { providers: [ids.iphone, ids.android] },
    log: { jids },
    providers: buildProviders(folder, words, apns.origin, fcm.origin, leaks),
  });
  cleanUp.defer(() => app.close());
  const undo = cleanUp.move();
  const address = `http://127.0.0.1:${app.app.httpPort}`;
  return {
    app,
    apns,
    fcm,
    database,
    issueClient,
    words,
    get: async (path) => (await fetch(address + path)).text(),
    post: async (path, body) =>
      (await fetch(address + path, { method: 'POST', body, headers: { 'content-type': 'application/json' } })).status,
    close: () => undo.disposeAsync(),
  };
}

function buildProviders(folder: string, words: Words, apns: string, fcm: string, leaks: boolean): readonly ProviderConfig[] {
  const network = { 'ca-file': join(folder, 'ca.pem'), proxy: [] };
  const beside = (file: string) => join(import.meta.dirname, file);
  return [
    {
      id: ids.iphone,
      use: 'apns',
      options: { ...network, endpoint: apns, 'cert-file': join(folder, 'apns.p12'), 'cert-password': words.password },
    },
    { id: ids.uploaded, use: 'apns', options: { ...network, endpoint: apns, 'apns-topic': topic } },
    { id: ids.android, use: 'fcm', options: { ...network, endpoint: fcm, 'service-account-file': join(folder, 'account.json') } },
    { id: ids.logged, use: 'log', options: {} },
    { id: ids.blabbing, use: beside('blabbing-provider.ts'), options: {} },
    ...(leaks ? [{ id: ids.leaking, use: beside('leaking-provider.ts'), options: {} }] : []),
  ];
}

function buildWords() {
  const word = () => randomBytes(8).toString('hex');
  const domain = `${word()}.example`;
  const fcmToken = () => `${randomBytes(16).toString('base64url')}:APA91b${randomBytes(99).toString('base64url')}`;
  const apnsToken = () => randomBytes(32).toString('hex').toUpperCase();
  return {
    domain,
    owner: `o${word()}@${domain}`,
    admin: `a${word()}@${domain}`,
    sender: `s${word()}@${word()}.example`,
    senderResource: `phone${word()}`,
    meet: `m${word()}@${word()}.example`,
    nickname: `nick ${word()}`,
    body: `body "${word()}" & ${word()}`,
    payload: randomBytes(60).toString('base64'),
    iv: randomBytes(12).toString('base64'),
    callId: word(),
    secret: word(),
    password: word(),
    wrongPassword: word(),
    unknownNode: randomBytes(24).toString('base64url'),
    iphone: apnsToken(),
    iphoneCalls: apnsToken(),
    deadIphone: apnsToken(),
    uploaded: apnsToken(),
    android: fcmToken(),
    deadAndroid: fcmToken(),
    logged: fcmToken(),
    blabbing: fcmToken(),
    rejected: `reject-${fcmToken()}`,
    leaking: fcmToken(),
    outage: fcmToken(),
  };
}
