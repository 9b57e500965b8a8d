import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { buildRegistrationToken } from '../../src/sandbox/fcm/message/device-tokens.ts';
import { anna, apns, fcm, push, startTestApp, type TestApp } from '../helpers/app.ts';
import { judgingProvider } from '../helpers/judging-provider.ts';
import { ask, startEmbeddedPostgres } from '../helpers/database/postgres.ts';
import { startPushServices } from '../helpers/push-services.ts';
import { call, type Reply } from './client.ts';

const scripted = new URL('../helpers/scripted-provider.ts', import.meta.url).pathname;
const cleanUp = new AsyncDisposableStack();
let url: string;
let app: TestApp;

before(async () => {
  const database = cleanUp.adopt(await startEmbeddedPostgres(), (server) => server.close());
  url = await database.createDatabase();
  const services = cleanUp.adopt(await startPushServices(), (both) => both.close());
  // One that takes every text as it is comes first, and one that tidies brackets as well last.
  const [plain, acme] = [
    { id: 'plain', use: scripted, options: {} },
    { id: 'acme', use: judgingProvider, options: {} },
  ];
  const started = await startTestApp({ database: { url }, http: { trustProxy: true }, providers: [plain, ...services.providers, acme] });
  app = cleanUp.adopt(started, (one) => one.close());
});
after(() => cleanUp.disposeAsync());

let clients = 0;

function post(provider: string, token: string, account = anna): Promise<Reply> {
  const headers = { 'Content-Type': 'application/json', 'X-Forwarded-For': `10.1.0.${(clients += 1)}` };
  const body = JSON.stringify({ account, provider, 'device-token': token });
  return call({ port: app.app.httpPort, path: `/rest/push/unregister-device/${push}`, body, headers });
}

async function isRegistered(node: string): Promise<boolean> {
  return (await ask(url, `SELECT 1 FROM devices WHERE node = '${node}'`)).length > 0;
}

const hex = () => randomBytes(32).toString('hex');
const grouped = (token: string) => token.replace(/.{8}(?=.)/g, '$& ');

const spellings: Readonly<Record<string, (token: string) => string>> = {
  'as old iOS describes it': (token) => `<${grouped(token)}>`,
  'as old iOS describes it, in capitals': (token) => `<${grouped(token).toUpperCase()}>`,
  'with blanks and line feeds around': (token) => `\r\n  ${token} \t\n`,
  'with non-breaking spaces around': (token) => `\u00a0${token}\u00a0`,
};

for (const [name, spell] of Object.entries(spellings))
  test(`a device is found by a token ${name}, whichever provider the app names`, async () => {
    for (const provider of [apns, fcm, 'plain', 'snikket:apns:1']) {
      const token = hex();
      const node = await app.register(token);
      const { status, body } = await post(provider, spell(token));
      assert.deepEqual([status, body], [200, '{"result":"success"}'], provider);
      assert.equal(await isRegistered(node), false);
    }
  });

test('a device is found by the spelling that it was registered with', async () => {
  const token = hex();
  const node = await app.register(`&lt;${grouped(token)}&gt;`);
  assert.equal((await post(apns, `<${grouped(token)}>`)).body, '{"result":"success"}');
  assert.equal(await isRegistered(node), false);
});

test('tokens of FCM and of somebody else are tidied as well', async () => {
  const google = buildRegistrationToken();
  const nodes = [
    await app.register(google, anna, fcm),
    await app.register('acme-7', anna, 'acme'),
    await app.register('accept-7', anna, 'plain'),
  ];
  for (const [provider, text] of [
    [fcm, ` ${google}\n`],
    ['acme', '<acme-7>'],
    ['plain', ' accept-7\n'],
  ] as const)
    assert.equal((await post(provider, text)).body, '{"result":"success"}', provider);
  for (const node of nodes) assert.equal(await isRegistered(node), false);
});

test('another device, and the same token of another account, are left alone', async () => {
  const token = hex();
  const nodes = [await app.register(token, 'ben@example.net'), await app.register(hex())];
  assert.equal((await post(apns, `<${grouped(token)}>`)).body, '{"result":"failure"}');
  for (const node of nodes) assert.ok(await isRegistered(node));
});

test('a token of an old app stands in no log', async () => {
  const token = hex();
  await app.register(token);
  await post(apns, `<${grouped(token)}>`);
  const log = app.log.join('');
  for (const secret of [token, grouped(token)]) assert.ok(!log.includes(secret));
});
