import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { buildRestTools, TooManyRequests } from '../../src/http/rest/rest-tools.ts';
import type { PushAppserver } from '../../src/index.ts';
import { createLog } from '../../src/log/log.ts';
import { apns, fcm, nodeOf, push, anna, startTestApp, type TestApp } from '../helpers/app.ts';
import { command, form } from '../handlers/run-command.ts';
import { parseAsMonal } from '../handlers/dialects/push-appserver.ts';
import { call, type Call, type Reply } from './client.ts';
import { createRandom } from './random.ts';

let app: TestApp;
before(async () => {
  app = await startTestApp({ http: { trustProxy: true }, dialects: { modPushAppserver: { apns, fcm, http: true } } });
});
after(() => app.close());

const formEncoded = 'application/x-www-form-urlencoded';
const base = '/push_appserver/v1';
let clients = 0;
/** Each from an address of its own, so that no test runs into the limit of another. */
const newClient = () => `10.${(clients += 1) >> 16}.${(clients >> 8) & 255}.${clients & 255}`;

function post(
  path: string,
  body: string | Buffer,
  more: Partial<Call> & { readonly client?: string; readonly type?: string } = {},
): Promise<Reply> {
  const { client = newClient(), type = formEncoded, ...rest } = more;
  return call({
    port: app.app.httpPort,
    path: `${base}/${path}`,
    body,
    headers: { 'Content-Type': type, 'X-Forwarded-For': client },
    ...rest,
  });
}

const outline = ({ status, body }: Reply) => [status, body];
const nothing = [404, ''];
let devices = 0;
const fields = () => `type=apns&node=device-${(devices += 1)}&token=accept-${devices}`;

describe("mod_push_appserver's HTTP API", () => {
  test('answers three lines of text, and nothing behind them', async () => {
    const reply = await post('register', fields());
    assert.match(reply.body, /^OK\n[\w-]{32}\n[\w-]{32}$/);
    assert.deepEqual(
      [reply.status, reply.headers['content-type'], reply.headers['x-content-type-options']],
      [200, 'text/plain; charset=utf-8', 'nosniff'],
    );
  });

  test('is there below /rest as well, and nowhere else', async () => {
    const headers = { 'Content-Type': formEncoded, 'X-Forwarded-For': newClient() };
    const reply = await call({ port: app.app.httpPort, path: '/rest/push_appserver/v1/register', body: fields(), headers });
    assert.equal(reply.status, 200);
    for (const path of ['register/', 'register/x', 'settings', 'settings/x', '', 'push/..%2fregister'])
      assert.deepEqual(outline(await post(path, fields())), nothing, path);
    assert.deepEqual(
      outline(await call({ port: app.app.httpPort, path: '/push_appserver/v2/register', body: fields(), headers })),
      nothing,
    );
  });

  test('says RUNNING to who asks for its health', async () => {
    const { status, headers, body } = await post('health', '', { method: 'GET' });
    assert.deepEqual([status, headers['content-type'], body.includes('RUNNING')], [200, 'text/html; charset=utf-8', true]);
    assert.deepEqual(outline(await post('health', '', { method: 'HEAD' })), [200, '']);
    assert.deepEqual(outline(await post('health', '')), nothing);
    assert.deepEqual(outline(await post('health/x', '', { method: 'GET' })), nothing);
  });

  test('answers no GET, not even with forms for people', async () => {
    for (const path of ['register', 'unregister', 'push']) assert.deepEqual(outline(await post(path, '', { method: 'GET' })), nothing);
  });

  test('reads a type with a charset, blanks as plus signs, and passes over fields it does not know', async () => {
    const type = 'Application/X-WWW-Form-Urlencoded; charset=utf-8';
    const first = await post('register', 'type=apns&node=my+own%20phone&token=accept-blank&endpoint=x&secret=y', { type });
    assert.equal((await post('unregister', 'node=my%20own+phone&type=apns')).body, `OK\nmy own phone\n${parseAsMonal(first.body).secret}`);
  });

  const malformed: Readonly<Record<string, readonly [path: string, body: string, line: string]>> = {
    'a registration without a token': ['register', 'type=apns&node=x', 'missing: token'],
    'a registration without anything': ['register', '', 'missing: type, node, token'],
    'a registration with empty fields': ['register', 'type=&node=&token=', 'missing: type, node, token'],
    'a registration of an unknown type': ['register', 'type=wns&node=x&token=accept-x', 'type is to be apns or fcm'],
    'a registration with a token of white space': ['register', 'type=apns&node=x&token=a+b', 'token '],
    'a registration with NUL in the token': ['register', 'type=apns&node=x&token=a%00b', 'token is not a device token'],
    'a registration with NUL in the id': ['register', 'type=apns&node=a%00b&token=accept-x', 'node is to be 1 to 255 printable'],
    'a registration with a line feed in the id': ['register', 'type=apns&node=a%0Ab&token=accept-x', 'node is to be 1 to 255 printable'],
    'a registration with an endless id': [
      'register',
      `type=apns&node=${'x'.repeat(256)}&token=accept-x`,
      'node is to be 1 to 255 printable',
    ],
    'a registration with two tokens': ['register', 'type=apns&node=x&token=a&token=b', 'type, node and token are needed'],
    'the end of a registration without a type': ['unregister', 'node=x', 'missing: type'],
    'the end of a registration with two ids': ['unregister', 'type=apns&node=x&node=y', 'type and node are needed'],
    'the end of a registration of no known type': ['unregister', 'type=x&node=x', 'type is to be apns or fcm'],
    'a push without a secret': ['push', 'node=x', 'node and secret are needed'],
    'a push with two secrets': ['push', 'node=x&secret=a&secret=b', 'node and secret are needed'],
  };
  for (const [what, [path, body, line]] of Object.entries(malformed))
    test(`refuses ${what} with 400 and a line that says so`, async () => {
      const reply = await post(path, body);
      assert.equal(reply.status, 400);
      assert.ok(reply.body.startsWith(`ERROR\n${line}`), reply.body);
      assert.equal(reply.body.split('\n').length, 2);
    });

  test('refuses what is no form, or not UTF-8', async () => {
    for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=x', ''])
      assert.equal((await post('register', fields(), { type })).status, 400, type);
    assert.equal((await post('register', Buffer.from([0xff, 0x3d, 0xfe]))).status, 400);
  });

  test('refuses a body of more than 4096 bytes, and takes one of 4096', async () => {
    const start = `${fields()}&x=`;
    const fill = (bytes: number) => start + 'y'.repeat(bytes - start.length);
    assert.equal((await post('register', fill(4096))).status, 200);
    assert.deepEqual(outline(await post('register', fill(4097))), [413, '']);
    assert.deepEqual(outline(await post('push', 'z'.repeat(100_000))), [413, '']);
  });

  test('answers an error line where the push service refuses the push, and OK where the push is kept', async () => {
    const { node, secret } = parseAsMonal((await post('register', 'type=apns&node=refused&token=reject-1')).body);
    assert.deepEqual(outline(await post('push', `node=${node}&secret=${secret}`)), [200, 'ERROR\nInternal error in push handler']);
    const later = parseAsMonal((await post('register', 'type=apns&node=later&token=retry-1')).body);
    assert.deepEqual(outline(await post('push', `node=${later.node}&secret=${later.secret}`)), [200, `OK\n${later.node}`]);
  });

  test('pushes to no device of another app server, and unregisters none of an account', async () => {
    const tigase = await app.register('accept-tigase');
    assert.equal((await post('push', `node=${tigase}&secret=`)).body, 'ERROR\nNode or secret not found!');
    const values = { type: 'apns', node: 'of-an-account', token: 'accept-account' };
    const node = nodeOf(await app.ask(command('v1-register-push', form(values), '', `${anna}/phone`)));
    assert.equal((await post('unregister', 'type=apns&node=of-an-account')).body, 'ERROR\nNode not found!');
    const overHttp = parseAsMonal((await post('register', 'type=apns&node=of-an-account&token=accept-account')).body);
    assert.notEqual(overHttp.node, node);
  });

  test('shows administrators an owner below the component, and the log neither id, token nor secret', async () => {
    const { node, secret } = parseAsMonal((await post('register', 'type=apns&node=hush-id&token=accept-hush-token')).body);
    const answer = await app.ask(command('list-devices', form({ domain: push }), ''));
    assert.match(answer, new RegExp(`[0-9a-f]{32}@${push}`));
    await post('push', `node=${node}&secret=${secret}`);
    const log = app.log.join('');
    for (const word of ['hush-id', 'hush-token', secret]) assert.ok(!log.includes(word), word);
    assert.ok(log.includes('"event":"registered-over-http"'));
  });

  test('counts registrations beside those by ad-hoc', async () => {
    const { body } = await call({ port: app.app.httpPort, method: 'GET', path: '/metrics' });
    for (const line of [
      'v1-register-push",result="completed"',
      'v1-register-push",result="not-acceptable"',
      'v1-unregister-push",result="item-not-found"',
    ])
      assert.ok(body.includes(`reveille_registrations_total{command="${line}`), line);
  });
});

test('an address that brings too many new devices is refused; those it brought, and others, are not', async () => {
  const known = new Set<string>();
  const pushAppserver: PushAppserver = {
    register: async ({ node = '' }, admit) => {
      if (!known.has(node)) admit();
      known.add(node);
      return { kind: 'done', node, secret: 's' };
    },
    unregister: async () => ({ kind: 'unknown' }),
    push: async () => ({ kind: 'unknown' }),
  };
  const registry = { unregisterToken: async () => false };
  const bounded = buildRestTools({
    component: push,
    registry,
    log: createLog('error', { write: () => undefined }),
    pushAppserver,
  }).pushAppserver!;
  for (let n = 0; n < 200; n += 1) await bounded.register({ node: String(n) }, '192.0.2.1');
  await assert.rejects(bounded.register({ node: 'more' }, '192.0.2.1'), TooManyRequests);
  assert.equal((await bounded.register({ node: '7' }, '192.0.2.1')).kind, 'done');
  assert.equal((await bounded.register({ node: 'more' }, '192.0.2.2')).kind, 'done');
});

test('random bytes as bodies are answered in lines, and never by a bug', async () => {
  const random = createRandom(20261130);
  const pieces = [
    'type=',
    'node=',
    'token=',
    'secret=',
    'apns',
    'fcm',
    '&',
    '&&',
    '=',
    '%',
    '%00',
    '%ff',
    '%zz',
    '+',
    ';',
    '\0',
    '\n',
    'ä',
    '__proto__=1',
    'x'.repeat(300),
  ];
  for (let n = 0; n < 600; n += 1) {
    const body =
      random.below(4) === 0
        ? random.bytes(random.below(600))
        : Array.from({ length: random.below(14) }, () => random.pick(pieces)).join('');
    const path = random.pick(['register', 'unregister', 'push']);
    const { status, body: answer } = await post(path, body);
    assert.ok([200, 400].includes(status), `${status} for ${JSON.stringify(body.toString())}`);
    assert.match(answer, /^(OK|ERROR)\n[^\n]*(\n[\w-]*)?$/);
  }
  assert.ok(!app.log.some((line) => line.includes('rest-handler-failed')));
});

test('without `http` none of it is there', async () => {
  const without = await startTestApp({ dialects: { modPushAppserver: { apns, http: false } } });
  try {
    const headers = { 'Content-Type': formEncoded };
    for (const path of ['register', 'unregister', 'push'])
      assert.deepEqual(outline(await call({ port: without.app.httpPort, path: `${base}/${path}`, body: fields(), headers })), nothing);
    assert.deepEqual(outline(await call({ port: without.app.httpPort, method: 'GET', path: `${base}/health` })), nothing);
  } finally {
    await without.close();
  }
});
