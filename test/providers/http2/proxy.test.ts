import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import test, { type TestContext } from 'node:test';
import { createPool } from '../../../providers/http2/pool/pool.ts';
import { authority, createStage } from '../apns/stage.ts';
import { createConnectProxy, password, user, type Demand } from './connect-proxy.ts';
import { buildPush, never } from '../kit.ts';
import { waitFor } from '../../helpers/wait-for.ts';

const demands: readonly Demand[] = [
  { kind: 'nothing' },
  { kind: 'basic' },
  { kind: 'digest', algorithm: 'MD5' },
  { kind: 'digest', algorithm: 'SHA-256' },
];

for (const isTls of [false, true])
  for (const demand of demands) {
    const name = demand.kind === 'digest' ? `digest ${demand.algorithm}` : demand.kind;
    test(`a push with client certificate goes through an ${isTls ? 'https' : 'http'} proxy that wants ${name}`, async (context) => {
      const { sandbox, captured, create } = await createStage(context);
      const proxy = await createConnectProxy(context, { demand, isTls });
      const provider = create('certificate', { proxy: proxy.url });
      assert.equal((await provider.push(buildPush({}), never)).kind, 'accepted');
      assert.equal(sandbox.connections.total, 1);
      assert.deepEqual(proxy.statuses, demand.kind === 'nothing' ? [200, 200] : [407, 200]);
      assert.equal(new URL(sandbox.origin).host, proxy.targets.at(-1));
      assert.equal(proxy.sawCertificate(), false);
      checkSecrecy(captured.text());
    });
  }

test('what a proxy wants is asked once; a nonce is counted, and renewed when it is stale', async (context) => {
  const { sandbox, create } = await createStage(context);
  const proxy = await createConnectProxy(context, { demand: { kind: 'digest', algorithm: 'SHA-256' }, usesPerNonce: 2 });
  const provider = create('certificate', { proxy: proxy.url });
  for (let count = 0; count < 4; count += 1) {
    assert.equal((await provider.push(buildPush({}), never)).kind, 'accepted');
    // The next push needs a new connection.
    sandbox.misbehave({ kind: 'goaway', code: 0 });
    assert.equal((await provider.push(buildPush({}), never)).kind, 'accepted');
    await waitFor('the provider to have no session', () => provider.status().sessions === 0);
  }
  // Learning, two uses, the third refused and learning anew, two more.
  assert.deepEqual(proxy.statuses, [407, 200, 200, 407, 407, 200, 200]);
});

test('a wrong password is refused by name; it is not shown, and no connection is left', async (context) => {
  const { captured, create } = await createStage(context);
  for (const demand of demands.slice(1)) {
    const proxy = await createConnectProxy(context, { demand });
    const outcome = await create('certificate', { proxy: `http://nobody:hidden-word@127.0.0.1:${proxy.port}` }).push(buildPush({}), never);
    const shown = JSON.stringify(outcome) + captured.text();
    assert.ok(
      outcome.kind === 'retry' && outcome.reason.includes(`proxy 127.0.0.1:${proxy.port}`) && outcome.reason.includes('407'),
      shown,
    );
    checkSecrecy(shown);
    await waitFor('the tunnels to close', () => proxy.open() === 0);
  }
});

test('a proxy that wants what is not supported is told from one that refuses', async (context) => {
  const { create } = await createStage(context);
  const server = createServer((socket) =>
    socket.on('error', () => undefined).once('data', () => socket.end('HTTP/1.1 407 No\r\nProxy-Authenticate: NTLM\r\n\r\n')),
  ).listen(0, '127.0.0.1');
  context.after(() => server.close());
  await once(server, 'listening');
  const proxy = `http://a:b@127.0.0.1:${(server.address() as AddressInfo).port}`;
  const outcome = await create('certificate', { proxy }).push(buildPush({}), never);
  assert.ok(outcome.kind === 'retry' && /not supported \(ntlm\)/.test(outcome.reason), JSON.stringify(outcome));
});

test('a login page that answers 200 is named', async (context) => {
  const { sandbox, create } = await createStage(context);
  const { url } = await createConnectProxy(context, { then: 'captive' });
  const outcome = await create('certificate', { proxy: url }).push(buildPush({}), never);
  assert.ok(outcome.kind === 'retry' && /login or block page/.test(outcome.reason), JSON.stringify(outcome));
  assert.equal(sandbox.connections.total, 0);
});

test('a proxy that answers CONNECT with another status is named with it', async (context) => {
  const { create } = await createStage(context);
  const { port } = await createConnectProxy(context, { then: 'refuse' });
  const outcome = await create('certificate', { proxy: `http://127.0.0.1:${port}` }).push(buildPush({}), never);
  assert.ok(outcome.kind === 'retry' && /status code 403/.test(outcome.reason), JSON.stringify(outcome));
});

test('a tunnel that ends at somebody else is named', async (context) => {
  const { sandbox, create } = await createStage(context);
  const { url } = await createConnectProxy(context);
  const outcome = await create('certificate', { proxy: url, 'ca-file': undefined }).push(buildPush({}), never);
  assert.ok(outcome.kind === 'retry' && /not trusted for localhost/.test(outcome.reason), JSON.stringify(outcome));
  assert.equal(sandbox.pushes.length, 0);
});

test('several proxies are tried in turn: refused, silent and captive ones are passed by, and the good one is used first next time', async (context) => {
  const { sandbox, create } = await createStage(context);
  const silent = await createConnectProxy(context, { then: 'silence' });
  const captive = await createConnectProxy(context, { then: 'captive' });
  const good = await createConnectProxy(context, { demand: { kind: 'basic' } });
  const provider = create('certificate', { proxy: [await closedProxy(), silent.url, captive.url, good.url] });
  assert.equal((await provider.push(buildPush({}), never)).kind, 'accepted');
  sandbox.misbehave({ kind: 'goaway', code: 0 });
  for (let count = 0; count < 2; count += 1) assert.equal((await provider.push(buildPush({}), never)).kind, 'accepted');
  assert.equal(sandbox.connections.total, 2);
  assert.equal(silent.targets.length, 1);
  assert.deepEqual(good.statuses, [407, 200, 200]);
});

test('where all proxies fail, each is named with its failure', async (context) => {
  const { create } = await createStage(context);
  const refusing = await createConnectProxy(context, { then: 'refuse' });
  const closed = await closedProxy();
  const outcome = await create('certificate', { proxy: [refusing.url, closed] }).push(buildPush({}), never);
  assert.ok(outcome.kind === 'retry');
  assert.match(outcome.reason, new RegExp(`proxy 127.0.0.1:${refusing.port}: .*403.*; proxy ${new URL(closed).host}: .*ECONNREFUSED`));
  checkSecrecy(outcome.reason);
});

test('a proxy that accepts and stays silent does not hold a request beyond its deadline', async (context) => {
  const { sandbox } = await createStage(context);
  const { url } = await createConnectProxy(context, { then: 'silence' });
  const log = { debug: () => undefined, warn: () => undefined };
  const pool = createPool({ origin: new URL(sandbox.origin), ca: authority.ca, proxies: [new URL(url)] }, log);
  context.after(() => pool.close());
  const exchange = await pool.request({
    headers: [':method', 'POST', ':path', '/x'],
    body: 'x',
    deadline: performance.now() + 300,
    signal: never,
  });
  assert.deepEqual(exchange, { kind: 'unsent', reason: 'no answer in time' });
});

test('HTTPS_PROXY is used where no proxy is configured, and an empty list says none', async (context) => {
  const { sandbox, create } = await createStage(context);
  const { port } = new URL(sandbox.origin);
  const proxy = await createConnectProxy(context, { demand: { kind: 'basic' } });
  setVariables(context, { https_proxy: proxy.url, no_proxy: '' });
  // Not localhost, which is never asked through a proxy of the environment.
  const endpoint = `https://apns.localhost:${port}`;
  assert.equal((await create('certificate', { endpoint }).push(buildPush({}), never)).kind, 'accepted');
  assert.deepEqual(proxy.targets, [`apns.localhost:${port}`, `apns.localhost:${port}`]);
  assert.equal((await create('certificate').push(buildPush({}), never)).kind, 'accepted');
  assert.equal((await create('certificate', { proxy: [] }).push(buildPush({}), never)).kind, 'accepted');
  assert.equal(proxy.targets.length, 2);
});

function setVariables(context: TestContext, variables: Readonly<Record<string, string>>): void {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  context.after(() => {
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  });
}

function checkSecrecy(text: string): void {
  for (const secret of [
    user,
    password,
    encodeURIComponent(user),
    encodeURIComponent(password),
    'hidden-word',
    'nobody',
    'Basic ',
    'Digest ',
  ])
    assert.ok(!text.includes(secret), `shows ${secret}`);
}

/** A port where nothing listens. */
async function closedProxy(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${port}`;
}
