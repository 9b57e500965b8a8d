import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { request } from '../../src/base/node/http.ts';
import { ask as query } from '../helpers/database/postgres.ts';
import { adminToken, startTestApp, type TestApp } from '../helpers/app.ts';
import { ask, urlOf, type AskOptions } from './client.ts';

type Answer = { readonly status: number; readonly body: string; readonly headers: NodeJS.Dict<string | string[]> };

/** As somebody who is no browser: any header may be set, Host among them. */
function askRaw(app: TestApp, path: string, headers: Readonly<Record<string, string>>, method = 'GET', body = ''): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const asked = request(urlOf(app, path), { method, headers, agent: false, timeout: 20_000 }, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('end', () =>
      resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString(), headers: response.headers }),
    );
    response.on('error', reject);
  });
  asked.on('error', reject);
  asked.end(body);
  return promise;
}

const authorized = { authorization: `Bearer ${adminToken}` };

describe('the listener of the status page', () => {
  let app: TestApp;
  before(async () => {
    app = await startTestApp({ admin: { hosts: ['status.example.org'] } });
  });
  after(() => app.close());

  const routes = () => app.app.admin!.routes;
  /** Each route as it is asked, with a body where it takes one. */
  async function askAll(options: AskOptions): Promise<readonly number[]> {
    const statuses: number[] = [];
    for (const { method, path } of routes())
      statuses.push((await ask(app, path, { method, ...(method === 'POST' ? { body: {} } : {}), ...options })).status);
    return statuses;
  }

  test('has all the routes that docs/admin-api.md tells of', () => {
    assert.deepEqual(routes().map(({ method, path }) => `${method} ${path}`).toSorted(), [
      'GET /api/events',
      'GET /api/history',
      'GET /api/pushes',
      'GET /api/state',
      'POST /api/devices/find',
      'POST /api/devices/push',
      'POST /api/devices/remove',
      'POST /api/doctor',
      'POST /api/providers/certificate',
    ]); // prettier-ignore
  });

  test('refuses every route without a token, and paths that are no routes as well', async () => {
    assert.deepEqual(new Set(await askAll({ token: undefined })), new Set([401]));
    const nowhere = await ask(app, '/api/nothing', { token: undefined });
    assert.deepEqual([nowhere.status, nowhere.headers.get('www-authenticate')], [401, 'Bearer realm="reveille"']);
    for (const authorization of ['', 'Bearer', `Basic ${adminToken}`, `Token ${adminToken}`, adminToken])
      assert.equal((await askRaw(app, '/api/state', { authorization })).status, 401, authorization);
  });

  test('takes a token nowhere but in its header', async () => {
    const { status } = await ask(app, `/api/state?token=${adminToken}&access_token=${adminToken}`, { token: undefined });
    assert.equal(status, 401);
    assert.equal((await askRaw(app, '/api/state', { cookie: `token=${adminToken}` })).status, 401);
  });

  test('refuses every route where another page asks, also with the token', async () => {
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: `${urlOf(app, '')}.evil.example` },
      { origin: 'http://127.0.0.1:1' },
    ])
      assert.deepEqual(new Set(await askAll({ headers })), new Set([403]), headers.origin);
    // fetch() lets nobody say this of himself.
    for (const site of ['cross-site', 'same-site'])
      for (const { method, path } of routes())
        assert.equal((await askRaw(app, path, { ...authorized, 'sec-fetch-site': site }, method)).status, 403, `${site} ${path}`);
  });

  test('takes its own page for its own', async () => {
    for (const headers of [{ origin: urlOf(app, '') }, { 'sec-fetch-site': 'same-origin' }, { 'sec-fetch-site': 'none' }])
      assert.equal((await askRaw(app, '/api/state', { ...authorized, ...headers })).status, 200);
    const proxied = { ...authorized, host: 'status.example.org', origin: 'https://status.example.org' };
    assert.equal((await askRaw(app, '/api/state', proxied)).status, 200);
  });

  test('refuses a name that somebody else may have pointed here (DNS rebinding), the page too', async () => {
    for (const host of [
      'evil.example',
      'evil.example:5282',
      'localhost.evil.example',
      '127.0.0.1.evil.example',
      'status.example.org.',
      '[::1',
      'a b',
    ])
      for (const path of ['/', '/api/state', '/assets/style.css'])
        assert.ok([400, 421].includes((await askRaw(app, path, { ...authorized, host })).status), `${host} ${path}`);
    for (const host of ['localhost', 'localhost:8080', '127.0.0.1', '192.0.2.7:5282', '[::1]:5282', 'STATUS.example.org'])
      assert.equal((await askRaw(app, '/api/state', { ...authorized, host })).status, 200, host);
  });

  test('answers no other method than the one of a route', async () => {
    for (const { method, path } of routes()) {
      const other = method === 'GET' ? 'POST' : 'GET';
      const { status, headers } = await askRaw(app, path, authorized, other);
      assert.deepEqual([status, headers['allow']], [405, method], path);
      for (const strange of ['PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH']) assert.equal((await askRaw(app, path, authorized, strange)).status, 405); // prettier-ignore
    }
  });

  test('takes nothing but a JSON object that says so, and not too long a one', async () => {
    const path = '/api/devices/find';
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', ''])
      assert.equal((await askRaw(app, path, { ...authorized, 'content-type': type }, 'POST', '{"owner":"a@b"}')).status, 415, type);
    for (const body of ['', '[]', 'null', '"a"', '{', '\xff'])
      assert.equal((await ask(app, path, { method: 'POST', body })).status, 400, body);
    assert.equal((await ask(app, path, { body: { owner: 'a'.repeat(16 * 1024) } })).status, 413);
    assert.equal((await ask(app, '/api/providers/certificate', { body: { certificate: 'a'.repeat(80 * 1024) } })).status, 413);
    for (const body of [{}, { owner: 1 }, { owner: ['a@b'] }, { owner: 'example.org' }, { owner: ' ' }])
      assert.equal((await ask(app, path, { body })).status, 400, JSON.stringify(body));
  });

  test('says on every answer that nothing but its own files may run, and nothing may frame it', async () => {
    const answers = [
      await askRaw(app, '/', {}),
      await askRaw(app, '/assets/uPlot.min.css', {}),
      await askRaw(app, '/nothing', {}),
      await askRaw(app, '/api/state', authorized),
      await askRaw(app, '/api/state', {}),
      await askRaw(app, '/', { host: 'evil.example' }),
      await askRaw(app, '/api/devices/find', authorized, 'POST', '{}'),
    ];
    for (const { headers } of answers) {
      const policy = String(headers['content-security-policy']);
      assert.match(policy, /(^|; )default-src 'none'(;|$)/);
      assert.match(policy, /(^|; )frame-ancestors 'none'(;|$)/);
      assert.doesNotMatch(policy, /unsafe-|\*|https?:/);
      assert.deepEqual(
        ['x-frame-options', 'x-content-type-options', 'referrer-policy', 'cross-origin-opener-policy', 'cross-origin-resource-policy'].map((name) => headers[name]),
        ['DENY', 'nosniff', 'no-referrer', 'same-origin', 'same-origin'],
      ); // prettier-ignore
      assert.equal(headers['access-control-allow-origin'], undefined);
    }
    assert.equal(answers[3]?.headers['cache-control'], 'no-store');
  });

  test('serves files of the page and no others, whatever a path says', async () => {
    for (const path of ['/assets/../server.ts', '/assets/%2e%2e/server.ts', '/assets/', '/assets', '/server.ts', '/etc/passwd', '//etc/passwd', '/assets/..%5cserver.ts', '/assets/__proto__'])
      assert.equal((await askRaw(app, path, authorized)).status, 404, path); // prettier-ignore
  });

  test("shows a stranger's text as JSON and never as a page", async () => {
    const owner = 'eve<script>alert(1)</script>';
    const evil = { owner: `${owner}@example.net`, token: '<img src=x onerror=alert(1)>', node: '<b>' };
    for (const [name, value] of Object.entries(evil)) {
      const { headers, text } = await ask(app, '/api/devices/find', { body: { [name]: value } });
      assert.match(headers.get('content-type') ?? '', /^application\/json/);
      assert.doesNotThrow(() => JSON.parse(text) as unknown);
    }
    // No JID has such characters, so it comes from an import or somebody else's hand.
    const node = await app.register(`accept-${'9'.repeat(20)}`);
    await query(app.config.database.url ?? '', `UPDATE devices SET owner = '${evil.owner}' WHERE node = '${node}'`);
    const found = await ask<{ devices: { owner: string }[] }>(app, '/api/devices/find', { body: { node } });
    assert.match(found.headers.get('content-type') ?? '', /^application\/json/);
    assert.equal(found.json.devices[0]?.owner, evil.owner);
    const path = `/api/${evil.token}?range=${evil.token}`;
    const { headers, text } = await ask(app, path);
    assert.match(headers.get('content-type') ?? '', /^application\/json/);
    assert.ok(!text.includes('<img'));
  });

  test('is nothing of the public listener', async () => {
    const base = `http://127.0.0.1:${app.app.httpPort}`;
    for (const { method, path } of [...routes(), { method: 'GET', path: '/' }, { method: 'GET', path: '/assets/uPlot.min.css' }]) {
      const response = await fetch(base + path, { method, headers: authorized, signal: AbortSignal.timeout(20_000) });
      assert.deepEqual([response.status, await response.text()], [404, ''], path);
    }
    // Nor the other way round.
    for (const path of ['/metrics', '/healthz', '/readyz', '/rest/push/unregister-device'])
      assert.equal((await askRaw(app, path, authorized)).status, 404, path);
  });
});

describe('wrong tokens', () => {
  test('are counted by address: beyond twenty a minute nobody there is heard, and the log says so without quoting any', async () => {
    const app = await startTestApp({ admin: {} });
    try {
      const wrong = 'guess-number-1234567890';
      const statuses: number[] = [];
      for (let n = 0; n < 25; n += 1) statuses.push((await ask(app, '/api/state', { token: wrong })).status);
      assert.deepEqual([...new Set(statuses)], [401, 429]);
      assert.ok(statuses.filter((status) => status === 401).length >= 20);
      const { status, headers, json } = await ask(app, '/api/state');
      assert.equal(status, 429);
      assert.ok(Number(headers.get('retry-after')) >= 1);
      assert.match(json.error ?? '', /too many wrong tokens/);
      // Without any token nothing is guessed, and nothing counted.
      assert.equal((await ask(app, '/api/state', { token: undefined })).status, 401);
      assert.ok(app.log.some((line) => line.includes('"event":"admin-token-wrong"')));
      assert.ok(!app.log.some((line) => line.includes(wrong) || line.includes(adminToken)));
    } finally {
      await app.close();
    }
  });
});

describe('where no status page is configured', () => {
  test('there is no listener, and nobody hears of pushes', async () => {
    const app = await startTestApp();
    try {
      assert.equal(app.app.admin, undefined);
    } finally {
      await app.close();
    }
  });
});
