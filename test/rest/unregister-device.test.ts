import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { loadHandlers } from '../../src/http/rest/load-handlers.ts';
import { buildRestTools } from '../../src/http/rest/rest-tools.ts';
import { runHandler } from '../../src/http/rest/run-handler.ts';
import { createLog } from '../../src/log/log.ts';
import { anna, apns, push, startTestApp, type TestApp } from '../helpers/app.ts';
import { ask, startEmbeddedPostgres, type TestServer } from '../helpers/database/postgres.ts';
import { eventually, openCounted } from '../registry/suites/registry-suite.ts';
import { callAsSiskin, callAsSnikket, understand } from './apps.ts';
import { call, type Call, type Reply } from './client.ts';

// A token as iOS has them, registered in capitals by Siskin.
const token = (n: number) => n.toString(16).toUpperCase().padStart(64, 'A1');
const nothing = { status: 404, length: '0', body: '' };

const cleanUp = new AsyncDisposableStack();
let database: TestServer;
let url: string;
let app: TestApp;
const port = () => app.app.httpPort;

before(async () => {
  database = cleanUp.adopt(await startEmbeddedPostgres(), (server) => server.close());
  url = await database.createDatabase();
  app = cleanUp.adopt(await startTestApp({ database: { url }, http: { trustProxy: true } }), (one) => one.close());
});
after(() => cleanUp.disposeAsync());

async function isRegistered(node: string): Promise<boolean> {
  return (await ask(url, `SELECT 1 FROM devices WHERE node = '${node}'`)).length > 0;
}

let clients = 0;

/** From a client of its own, so that no test runs into the rate limit of another. */
function post(body: unknown, more: Partial<Call> = {}): Promise<Reply> {
  clients += 1;
  const headers = { 'Content-Type': 'application/json', 'X-Forwarded-For': `10.0.${clients >> 8}.${clients & 255}`, ...more.headers };
  const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  return call({ port: port(), path: `/rest/push/unregister-device/${push}`, body: text, ...more, headers });
}

const outline = ({ status, headers, body }: Reply) => ({ status, length: headers['content-length'], body });

test('Siskin unregisters a device by the first URL it tries', async () => {
  const node = await app.register(token(1));
  const replies = await callAsSiskin({ port: port(), jid: push, account: anna, token: token(1), forwarded: '192.0.2.1' });
  assert.deepEqual(
    replies.map(({ status, body }) => [status, body]),
    [[200, '{"result":"success"}']],
  );
  assert.match(replies[0]!.headers['content-type'] ?? '', /^application\/json/);
  assert.equal(await isRegistered(node), false);
});

test('Snikket for iOS, which names the wrong provider, unregisters its device', async () => {
  const node = await app.register(token(2), anna, apns);
  await ask(url, `UPDATE devices SET provider = 'snikket:apns:1' WHERE node = '${node}'`);
  const reply = await callAsSnikket({ port: port(), jid: push, account: anna, token: token(2).toLowerCase(), forwarded: '192.0.2.2' });
  assert.equal(understand(reply.body), 'success');
  assert.equal(await isRegistered(node), false);
});

test('both URLs answer the same, and a publish to the unregistered node is refused at once', async () => {
  for (const [n, path] of [`/unregister-device/${push}`, `/rest/push/unregister-device/${push}`].entries()) {
    const node = await app.register(token(10 + n));
    const publish = (id: string) =>
      app.ask(
        `<iq type='set' id='${id}' from='example.net' to='${push}'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='${node}'><item><notification xmlns='urn:xmpp:push:0'/></item></publish></pubsub></iq>`,
      );
    assert.match(await publish(`before-${n}`), /type="result"/);
    const reply = await post({ account: anna, provider: apns, 'device-token': token(10 + n) }, { path });
    assert.deepEqual([reply.status, reply.body], [200, '{"result":"success"}']);
    assert.match(await publish(`after-${n}`), /item-not-found/);
  }
});

test('a failure looks the same whichever part was wrong, and leaves other devices alone', async () => {
  const node = await app.register(token(3));
  const right = { account: anna, provider: apns, 'device-token': token(3) };
  const wrong = [
    { ...right, 'device-token': token(4) },
    { ...right, account: 'bob@example.net' },
    { ...right, account: 'anna@elsewhere.example' },
    { account: 'nobody@nowhere.example', provider: 'no-such-provider', 'device-token': 'x' },
  ];
  const replies = await Promise.all(wrong.map((body) => post(body)));
  const shapes = new Set(replies.map(({ status, headers, body }) => JSON.stringify([status, { ...headers, date: '' }, body])));
  assert.equal(shapes.size, 1, [...shapes].join('\n'));
  assert.equal(replies[0]!.body, '{"result":"failure"}');
  assert.ok(await isRegistered(node));
});

test('every valid request costs the database the same one statement, whatever becomes of it', async () => {
  await using stack = new AsyncDisposableStack();
  const registry = stack.adopt(await openCounted(await database.createDatabase()), (one) => one.close());
  const tools = buildRestTools({ component: push, registry, log: createLog('silent') });
  const handler = (await loadHandlers(undefined)).get('/rest/push/unregister-device')!;
  await registry.register({ owner: anna, provider: apns, token: token(5), secondToken: undefined });
  const right = { account: anna, provider: apns, 'device-token': token(5) };
  const bodies = [
    { ...right, 'device-token': token(6) },
    { ...right, account: 'nobody@nowhere.example' },
    { ...right, provider: 'x' },
    right,
  ];
  const seen: unknown[] = [];
  for (const body of bodies) {
    const before = registry.queries.length;
    const request = { method: 'POST', parameters: [push], query: new URLSearchParams(), headers: {}, body };
    const { text } = await runHandler(handler, request, tools, createLog('silent'));
    seen.push([text, ...registry.queries.slice(before)]);
  }
  const statement = 'devices-unregister-token';
  const [failure, success] = ['failure', 'success'].map((result) => [JSON.stringify({ result }), statement]);
  assert.deepEqual(seen, [failure, failure, success, failure]);
});

test('account and component are compared as JIDs are, and unknown fields are ignored', async () => {
  const node = await app.register(token(7));
  const body = { account: 'Anna@Example.NET', provider: 'x', 'device-token': token(7), 'device-second-token': 5, __proto__: null };
  assert.equal((await post(body, { path: '/unregister-device/PUSH.test?v=1' })).body, '{"result":"success"}');
  assert.equal(await isRegistered(node), false);
});

test('what came of it is counted as the command of the same name is', async () => {
  await app.register(token(9));
  const before = await readCounts();
  for (let tries = 0; tries < 2; tries += 1) await post({ account: anna, provider: apns, 'device-token': token(9) });
  const after = await readCounts();
  assert.deepEqual(
    after.map((count, index) => count - before[index]!),
    [1, 1],
  );
});

/** Devices unregistered so far, and attempts that found none. */
async function readCounts(): Promise<readonly number[]> {
  const { body } = await call({ port: port(), path: '/metrics', method: 'GET' });
  return ['completed', 'item-not-found'].map((result) => {
    const line = new RegExp(`^reveille_registrations_total\\{command="unregister-device",result="${result}"\\} (\\d+)$`, 'm').exec(body);
    return Number(line?.[1]);
  });
}

test('whatever is wrong with a request is 404 with an empty body', async () => {
  const node = await app.register(token(8));
  const right = { account: anna, provider: apns, 'device-token': token(8) };
  const bodies: unknown[] = [
    '',
    '{',
    'null',
    '[]',
    '"text"',
    '7',
    [right],
    { right },
    { ...right, account: undefined },
    { ...right, provider: undefined },
    { ...right, 'device-token': undefined },
    { account: anna, provider: apns, deviceToken: token(8) },
    { ...right, account: [anna] },
    { ...right, account: { toString: anna } },
    { ...right, account: `${anna}/phone` },
    { ...right, account: 'example.net' },
    { ...right, account: '@' },
    { ...right, account: 'a\u0000b@example.net' },
    { ...right, provider: '' },
    { ...right, provider: 1 },
    { ...right, provider: 'x'.repeat(256) },
    { ...right, 'device-token': '' },
    { ...right, 'device-token': null },
    { ...right, 'device-token': ' \n' },
    { ...right, 'device-token': `${token(8)}\u0000` },
    { ...right, 'device-token': 'x'.repeat(4097) },
    `{"__proto__":${JSON.stringify(right)}}`,
    Buffer.from(JSON.stringify(right), 'utf16le'),
    Buffer.concat([Buffer.from(`{"account":"`), Buffer.of(0xff, 0xfe), Buffer.from(`","provider":"x","device-token":"x"}`)]),
  ];
  for (const body of bodies) assert.deepEqual(outline(await post(body)), nothing, JSON.stringify(body));
  const calls: Partial<Call>[] = [
    { headers: { 'Content-Type': 'text/plain' } },
    { headers: { 'Content-Type': 'application/xml' } },
    { headers: { 'Content-Type': 'application/jsonp' } },
    { headers: { 'Content-Type': '' } },
    { path: '/unregister-device/other.test' },
    { path: '/unregister-device' },
    { path: '/unregister-device/' },
    { path: `/unregister-device/${push}/` },
    { path: `/unregister-device/${push}/more` },
    { path: `/unregister-device/${push}%00` },
    { path: `/unregister-device/${push}%2F` },
    { path: `/unregister-device/%` },
    { path: `/unregister-device/../unregister-device/${push}` },
    { path: `/push/unregister-device/${push}` },
    { path: `/rest/push/unregister-device.ts/${push}` },
    { path: `/rest/push/unregister-device/${push}?${'x'.repeat(2100)}` },
  ];
  for (const more of calls) assert.deepEqual(outline(await post(right, more)), nothing, JSON.stringify(more));
  for (const method of ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'])
    assert.deepEqual(outline(await post(right, { method })), nothing, method);
  assert.equal((await post(right, { method: 'HEAD' })).status, 404);
  assert.deepEqual(outline(await call({ port: port(), method: 'GET', path: '/nowhere' })), nothing);
  assert.ok(await isRegistered(node));
});

test('a body over 8 KiB is 413, also where it comes in chunks or would never end', async () => {
  const right = { account: anna, provider: apns, 'device-token': token(9) };
  const padded = JSON.stringify(right).padEnd(8 * 1024);
  assert.equal((await post(padded)).body, '{"result":"failure"}');
  assert.equal((await post(`${padded} `)).status, 413);
  assert.equal((await post('x'.repeat(500_000), { headers: { 'Transfer-Encoding': 'chunked' } })).status, 413);
  const huge = await post('', { headers: { 'Content-Length': 10 ** 12 } });
  assert.deepEqual([huge.status, huge.headers.connection, huge.body], [413, 'close', '']);
});

test('one address has 60 requests a minute, by all routes together, and others are not held back', async () => {
  const from = (address: string) => ({ headers: { 'X-Forwarded-For': `203.0.113.9, ${address}` } });
  const statuses: number[] = [];
  for (let n = 0; n < 120; n += 1) statuses.push((await post('{', from(`2001:db8::${n.toString(16)}`))).status);
  assert.deepEqual(statuses.slice(0, 60), Array(60).fill(404));
  const refused = await post('{', { ...from('2001:db8::aaaa'), path: `/unregister-device/${push}` });
  assert.deepEqual([refused.status, refused.body], [429, '']);
  assert.match(refused.headers['retry-after'] ?? '', /^[1-9]\d*$/);
  assert.equal((await post('{', from('2001:db8:0:1::1'))).status, 404);
});

test('one account has 30 requests a minute from all addresses together, whether it exists or not', async () => {
  const known = 'many@example.net';
  await app.register(token(30), known);
  for (const account of [known, 'unknown@example.net']) {
    const statuses: number[] = [];
    for (let n = 0; n < 32; n += 1) statuses.push((await post({ account, provider: 'x', 'device-token': `t-${n}` })).status);
    assert.deepEqual(statuses, [...Array<number>(30).fill(200), ...statuses.slice(30)]);
    const refused = await post({ account: account.toUpperCase(), provider: 'x', 'device-token': 't' });
    assert.equal(refused.status, 429);
    assert.ok(Number(refused.headers['retry-after']) >= 1);
  }
});

test('no token and no account stands in the log', () => {
  const log = app.log.join('');
  assert.match(log, /"route":"\/rest\/push\/unregister-device"/);
  assert.doesNotMatch(log, /"event":"(?:http|rest-handler)-/);
  for (const secret of [token(1), token(1).toLowerCase(), token(3), 'nobody@nowhere.example']) assert.ok(!log.includes(secret), secret);
});

test('while the database is away the answer is no result, so Siskin tries both URLs, and nothing is lost', async () => {
  const node = await app.register(token(20));
  const device = { port: port(), jid: push, account: anna, token: token(20), forwarded: '192.0.2.20' };
  await database.stop();
  const replies = await callAsSiskin(device);
  assert.deepEqual(
    replies.map(({ status, body }) => [status, body, understand(body)]),
    Array(2).fill([503, '', 'unreadable']),
  );
  assert.ok(Number(replies[0]!.headers['retry-after']) >= 1);
  await database.start();
  assert.ok(await isRegistered(node));
  await eventually(async () => understand((await callAsSnikket(device)).body) === 'success', 'the database to be back');
  assert.equal(await isRegistered(node), false);
});
