import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Config, ProviderConfig } from '../../src/config/config.ts';
import { createSandboxApns } from '../../src/sandbox/apns/sandbox-apns.ts';
import { buildAuthority, buildSigningKey } from '../../src/sandbox/authority.ts';
import { createSandboxFcm } from '../../src/sandbox/fcm/sandbox-fcm.ts';
import { startTestApp, type TestApp } from '../helpers/app.ts';
import { createTestDatabase } from '../helpers/database/postgres.ts';
import { randomRegistrationToken } from '../providers/fcm/stage.ts';
import { randomToken, tally, writeInto } from '../providers/kit.ts';

const gone = 'cancel/item-not-found';
const delivery: Partial<Config['delivery']> = { updateIntervalMs: 0 };
let count = 0;

/** A push service that knows no token of ours until the administrator's mistake is mended. */
interface Service {
  readonly provider: ProviderConfig;
  readonly randomToken: () => string;
  /** All of the next pushes, or only one, are to tokens that it does not know. */
  refuse(times: number): void;
  behave(): void;
  /** Options of an administrator who has made a mistake. */
  change(): object;
  close(): Promise<void>;
}

const authority = buildAuthority();

async function openApns(folder: string): Promise<Service> {
  const key = buildSigningKey();
  const sandbox = await createSandboxApns({ authority, keys: [key] });
  writeInto(folder, { 'ca.pem': authority.ca, 'key.p8': key.p8 });
  const files = { 'key-file': join(folder, 'key.p8'), 'ca-file': join(folder, 'ca.pem') };
  const options = {
    'apns-topic': 'org.example.app',
    'key-id': key.keyId,
    'team-id': key.teamId,
    endpoint: sandbox.origin,
    proxy: [],
    ...files,
  };
  return {
    provider: { id: 'apns', use: 'apns', options },
    randomToken,
    refuse: (times) => sandbox.misbehave({ kind: 'answer', status: 400, reason: 'BadDeviceToken' }, { times }),
    behave: () => sandbox.behave(),
    change: () => ({ 'apns-topic': 'org.example.other' }),
    close: () => sandbox.close(),
  };
}

async function openFcm(folder: string): Promise<Service> {
  const sandbox = await createSandboxFcm({ authority });
  writeInto(folder, { 'ca.pem': authority.ca, 'account.json': JSON.stringify(sandbox.issueServiceAccount()) });
  const files = { 'service-account-file': join(folder, 'account.json'), 'ca-file': join(folder, 'ca.pem') };
  return {
    provider: { id: 'fcm', use: 'fcm', options: { endpoint: sandbox.origin, proxy: [], ...files } },
    randomToken: randomRegistrationToken,
    refuse: (times) => sandbox.misbehave({ kind: 'answer', status: 403, errorCode: 'SENDER_ID_MISMATCH' }, { times }),
    behave: () => sandbox.behave(),
    change() {
      writeInto(folder, { 'other.json': JSON.stringify(sandbox.issueServiceAccount()) });
      return { 'service-account-file': join(folder, 'other.json') };
    },
    close: () => sandbox.close(),
  };
}

type Registered = readonly (readonly [owner: string, node: string])[];

function register(app: TestApp, { provider, randomToken: random }: Service, devices: number): Promise<Registered> {
  const owners = Array.from({ length: devices }, (_, index) => `user${index}-${(count += 1)}@example.net`);
  return Promise.all(owners.map(async (owner) => [owner, await app.register(random(), owner, provider.id)] as const));
}

async function publish(app: TestApp, registered: Registered): Promise<Record<string, number>> {
  const answers: string[] = [];
  // One after the other, as on a small server.
  for (const [owner, node] of registered) answers.push(describeAnswer(await app.ask(buildPublish(owner, node))));
  return tally(answers);
}

function buildPublish(owner: string, node: string): string {
  count += 1;
  return (
    `<iq type='set' id='u${count}' from='${owner}' to='push.test'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='${node}'>` +
    `<item><notification xmlns='urn:xmpp:push:0'><x xmlns='jabber:x:data'><field var='message-count'><value>1</value></field></x>` +
    `</notification></item></publish></pubsub></iq>`
  );
}

function describeAnswer(xml: string): string {
  const [, type, condition] = /<error type="([a-z]+)"><([a-z-]+)/.exec(xml) ?? [];
  return type === undefined ? 'result' : `${type}/${condition ?? ''}`;
}

const messagesOf = (app: TestApp) => app.peer.stanzas.filter(({ name }) => name === 'message').map((stanza) => stanza.toString());
const readiness = async (app: TestApp) =>
  (await (await fetch(`http://127.0.0.1:${app.app.httpPort}/readyz`)).json()) as { doubts?: object };

for (const [name, open] of [
  ['APNs', openApns],
  ['FCM', openFcm],
] as const) {
  describe(`${name} with credentials that have not brought a push to anybody`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'reveille-test-'));
    let database: { readonly url: string; close(): Promise<void> };
    let service: Service;
    const start = (url = database.url) => startTestApp({ providers: [service.provider], delivery, database: { url } });
    before(async () => {
      service = await open(folder);
      database = await createTestDatabase();
    });
    after(async () => {
      await service.close();
      await database.close();
      rmSync(folder, { recursive: true });
    });

    for (const devices of [1, 2, 5, 12, 25]) {
      test(`${devices} of ${devices} devices are kept, over a restart, and get their pushes once the mistake is mended`, async () => {
        const own = await createTestDatabase();
        try {
          service.refuse(Infinity);
          let app = await start(own.url);
          const registered = await register(app, service, devices);
          assert.deepEqual(await publish(app, registered), { result: devices });
          await app.peer.until(() => messagesOf(app).length > 0, 'the message to the administrator');
          assert.equal(messagesOf(app).length, 1);
          assert.match(messagesOf(app)[0] ?? '', /check environment \(production or sandbox\), apns-topic and team, or the Google project/);
          assert.deepEqual(Object.keys((await readiness(app)).doubts ?? {}), [service.provider.id]);
          await app.close();
          app = await start(own.url);
          assert.deepEqual(await publish(app, registered), { result: devices });
          service.behave();
          assert.deepEqual(await publish(app, registered), { result: devices });
          // With a single device nobody else can prove the credentials: the doubt stays until there is a second one.
          await app.close();
        } finally {
          service.behave();
          await own.close();
        }
      });
    }

    test('one dead token among five is removed at once where the credentials are proven, after a restart as well', async () => {
      let app = await start();
      const registered = await register(app, service, 5);
      assert.deepEqual(await publish(app, registered), { result: 5 });
      assert.deepEqual((await readiness(app)).doubts, undefined);
      service.refuse(1);
      assert.deepEqual(await publish(app, registered.slice(0, 1)), { [gone]: 1 });
      await app.close();
      app = await start();
      service.refuse(1);
      assert.deepEqual(await publish(app, registered.slice(1, 2)), { [gone]: 1 });
      assert.deepEqual(await publish(app, registered.slice(0, 3)), { [gone]: 2, result: 1 });
      assert.equal(messagesOf(app).length, 0);
      await app.close();
    });

    test('other credentials are not proven by what the old ones brought', async () => {
      const options = { ...service.provider.options, ...service.change() };
      const app = await startTestApp({ providers: [{ ...service.provider, options }], delivery, database: { url: database.url } });
      const registered = await register(app, service, 3);
      service.refuse(3);
      assert.deepEqual(await publish(app, registered), { result: 3 });
      await app.close();
    });

    test('the only device of a server is kept when it is refused, and given up once another gets pushes', async () => {
      const own = await createTestDatabase();
      const app = await start(own.url);
      const [only] = await register(app, service, 1);
      assert.ok(only);
      assert.deepEqual(await publish(app, [only]), { result: 1 });
      service.refuse(1);
      assert.deepEqual(await publish(app, [only]), { result: 1 });
      service.behave();
      const [second] = await register(app, service, 1);
      assert.ok(second);
      assert.deepEqual(await publish(app, [second]), { result: 1 });
      service.refuse(1);
      assert.deepEqual(await publish(app, [only]), { [gone]: 1 });
      await app.close();
      await own.close();
    });
  });
}
