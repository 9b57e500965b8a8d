import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { createSandboxApns } from '../../../src/sandbox/apns/sandbox-apns.ts';
import { buildSigningKey } from '../../../src/sandbox/authority.ts';
import { createSandboxFcm } from '../../../src/sandbox/fcm/sandbox-fcm.ts';
import { startTestApp } from '../../helpers/app.ts';
import { createTestDatabase } from '../../helpers/database/postgres.ts';
import { randomRegistrationToken } from '../../providers/fcm/stage.ts';
import { createFolder, randomToken, writeInto } from '../../providers/kit.ts';
import { createScene, type Scene, type SceneParts } from '../scene.ts';
import { authority } from '../services.ts';

const tried = 'look in the database whether pushes were accepted with these credentials';
const none = 'no push was accepted with these credentials yet';
const advice = "if pushes are refused, check environment, topic, team and project in the provider's table";
const ids = ['apns', 'fcm', 'plain'] as const;

/** A Reveille with an APNs, an FCM and a provider that only logs, and the configuration that doctor reads. */
async function startRunning(context: TestContext) {
  const key = buildSigningKey();
  const [apns, fcm] = await Promise.all([createSandboxApns({ authority, keys: [key] }), createSandboxFcm({ authority })]);
  context.after(() => Promise.all([apns.close(), fcm.close()]));
  const database = await createTestDatabase();
  context.after(() => database.close());
  const files = { 'ca.pem': authority.ca, 'key.p8': key.p8, 'account.json': JSON.stringify(fcm.issueServiceAccount()) };
  const folder = createFolder(context);
  writeInto(folder, files);
  const options = {
    apns: {
      'apns-topic': 'org.example.app',
      'key-id': key.keyId,
      'team-id': key.teamId,
      'key-file': `${folder}/key.p8`,
      endpoint: apns.origin,
      'ca-file': `${folder}/ca.pem`,
    },
    fcm: { 'service-account-file': `${folder}/account.json`, endpoint: fcm.origin, 'ca-file': `${folder}/ca.pem` },
    plain: {},
  };
  const uses = { apns: 'apns', fcm: 'fcm', plain: 'log' };
  const providers = ids.map((id) => ({ id, use: uses[id], options: options[id] }));
  const app = await startTestApp({ providers, delivery: { updateIntervalMs: 0 }, database: { url: database.url } });
  context.after(() => app.close());
  const table = (id: (typeof ids)[number]) =>
    [`[providers.${id}]`, `use = "${uses[id]}"`, ...Object.entries(options[id]).map(([name, value]) => `${name} = "${value}"`)].join('\n');
  const parts: SceneParts = {
    server: `127.0.0.1:${app.server.port}`,
    http: `127.0.0.1:${app.app.httpPort}`,
    database: `url = "${database.url}"`,
    providers: ids.map(table).join('\n'),
  };
  return { app, apns, parts };
}

/** What doctor says of the proofs, and its exit code. */
async function readProofs(scene: Scene) {
  const { steps, exitCode, output } = await scene.examine();
  assert.equal(exitCode, 0, output);
  const proofs = steps.filter(({ title }) => title.endsWith(': proof'));
  return proofs.map((step) => Object.fromEntries(Object.entries(step).filter(([name]) => name !== 'number')));
}

const proof = (id: string, verdict: 'ok' | 'warning', found: string, more: object = {}) => ({
  title: `provider ${id}: proof`,
  verdict,
  tried,
  found,
  ...more,
});

let count = 0;
const buildPublish = (owner: string, node: string): string =>
  `<iq type='set' id='p${(count += 1)}' from='${owner}' to='push.test'><pubsub xmlns='http://jabber.org/protocol/pubsub'>` +
  `<publish node='${node}'><item><notification xmlns='urn:xmpp:push:0'/></item></publish></pubsub></iq>`;

test('credentials are shown as unproven until pushes are accepted, and again once they are others', async (context) => {
  const { app, apns, parts } = await startRunning(context);
  const scene = createScene(context, parts);
  const unneeded = `${none}, and no device is registered`;
  assert.deepEqual(
    await readProofs(scene),
    ids.map((id) => proof(id, 'ok', unneeded)),
  );

  const tokens = { apns: randomToken, fcm: randomRegistrationToken, plain: () => 'a-token' };
  const register = async (id: keyof typeof tokens, owner: string) => [owner, await app.register(tokens[id](), owner, id)] as const;
  const phones = await Promise.all([
    register('apns', 'a@example.net'),
    register('apns', 'b@example.net'),
    register('fcm', 'a@example.net'),
  ]);
  const unproven = `${none}: a refusal of a token costs no registration until then`;
  assert.deepEqual(await readProofs(scene), [
    proof('apns', 'warning', unproven, { advice }),
    proof('fcm', 'warning', unproven, { advice }),
    proof('plain', 'ok', unneeded),
  ]);

  apns.misbehave({ kind: 'answer', status: 400, reason: 'BadDeviceToken' }, { times: 1 });
  for (const [owner, node] of phones.slice(1)) assert.match(await app.ask(buildPublish(owner, node)), /type="result"/);
  const [refused, one, plain] = await readProofs(scene);
  assert.match(String(refused?.['found']), /^the running Reveille says: the push service refuses device tokens/);
  assert.deepEqual(refused, {
    ...proof('apns', 'warning', String(refused?.['found'])),
    advice: "check environment, topic, team and project in the provider's table; no registration is lost meanwhile",
  });
  const half = 'a push to one device was accepted with these credentials: only a refusal of its own token costs no registration';
  assert.deepEqual([one, plain], [proof('fcm', 'ok', half), proof('plain', 'ok', unneeded)]);

  for (const [owner, node] of phones.slice(0, 2)) assert.match(await app.ask(buildPublish(owner, node)), /type="result"/);
  const [two] = await readProofs(scene);
  assert.deepEqual(two, proof('apns', 'ok', 'pushes to at least two devices were accepted with these credentials'));

  const changed = createScene(context, { ...parts, providers: parts.providers?.replace('org.example.app', 'org.example.other') ?? '' });
  assert.deepEqual((await readProofs(changed))[0], proof('apns', 'warning', unproven, { advice }));
});

test('without a database, and before its tables are made, there is no such step', async (context) => {
  const empty = await createTestDatabase();
  context.after(() => empty.close());
  for (const database of [`url = "${empty.url}"`, 'url = "postgres://reveille@127.0.0.1:1/reveille"']) {
    const { steps } = await createScene(context, { database }).examine();
    assert.deepEqual(
      steps.filter(({ title }) => title.startsWith('provider')).map(({ title }) => title),
      ['provider plain: push'],
    );
  }
});
