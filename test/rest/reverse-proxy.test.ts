import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { anna, apns, push, startTestApp, type TestApp } from '../helpers/app.ts';
import { serverOrSkip } from '../servers/server-or-skip.ts';
import { call, type Call } from './client.ts';
import { caddy, nginx, type ReverseProxy } from './proxies.ts';

const json = { Host: push, 'Content-Type': 'application/json' };
const path = `/unregister-device/${push}`;

for (const kind of [nginx, caddy]) {
  describe(`Reveille behind ${kind.name}`, { skip: await serverOrSkip(kind.packages) }, () => {
    const cleanUp = new AsyncDisposableStack();
    let app: TestApp;
    let proxy: ReverseProxy;
    before(async () => {
      app = cleanUp.adopt(await startTestApp({ http: { trustProxy: true } }), (one) => one.close());
      proxy = cleanUp.adopt(await kind.start(push, app.app.httpPort), (one) => one.stop());
    });
    after(() => cleanUp.disposeAsync());

    const ask = (more: Partial<Call> = {}) => {
      const { port, ca } = proxy;
      return call({ port, path, ...(ca === undefined ? {} : { ca }), ...more, headers: { ...json, ...more.headers } });
    };

    test('the sample configuration is valid', () => kind.validate());

    test('a device is unregistered by both URLs', async () => {
      for (const one of [path, `/rest/push${path}`]) {
        await app.register('A1B2');
        const body = JSON.stringify({ account: anna, provider: apns, 'device-token': 'a1b2' });
        const reply = await ask({ path: one, body });
        assert.deepEqual([reply.status, reply.body], [200, '{"result":"success"}']);
      }
    });

    test('nothing else is to be seen from outside', async () => {
      for (const one of [
        '/',
        '/metrics',
        '/readyz',
        '/healthz',
        '/rest/../metrics',
        '/unregister-device/../readyz',
        '/rest/%2e%2e/metrics',
      ])
        assert.equal((await ask({ path: one, method: 'GET' })).status, 404, one);
    });

    test('each client has its own allowance, whatever addresses it claims to be', async () => {
      const statuses = new Set<number>();
      // Sixty a minute, and one more for each second that this takes.
      for (let n = 0; n < 120; n += 1)
        statuses.add(
          (await ask({ body: '{', from: '127.0.0.2', headers: { 'X-Forwarded-For': `198.51.100.${n}`, 'X-Real-IP': `198.51.100.${n}` } }))
            .status,
        );
      assert.deepEqual([...statuses], [404, 429]);
      assert.equal((await ask({ body: '{', from: '127.0.0.3' })).status, 404);
    });
  });
}

test('docs/rest.md speaks of every sample', () => {
  const page = readFileSync('docs/rest.md', 'utf8');
  for (const name of readdirSync('etc/reverse-proxy')) assert.ok(page.includes(`etc/reverse-proxy/${name}`), name);
});
