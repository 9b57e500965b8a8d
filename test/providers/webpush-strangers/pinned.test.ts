import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Resolvers } from '../../../providers/webpush/strangers/strangers.ts';
import { createConnectProxy } from '../http2/connect-proxy.ts';
import { buildPush, never } from '../kit.ts';
import { createBrowser } from '../webpush/browser.ts';
import { createService, type Service } from '../webpush/service.ts';
import { createStage } from '../webpush/stage.ts';

/** The names of the sandbox's certificate; this one looks like a name on the internet. */
const host = 'push.localhost.example';

/** Answers with these addresses, one after the other, and then with the last one for ever. */
function lying(...addresses: readonly string[]): Resolvers & { readonly asked: string[] } {
  const asked: string[] = [];
  const left = [...addresses];
  return {
    asked,
    public: async (name) => {
      asked.push(name);
      const address = (left.length > 1 ? left.shift() : left[0]) ?? '';
      return [{ address, family: 4 }];
    },
    system: async () => [{ address: '127.0.0.1', family: 4 }],
  };
}

const subscriptionAt = ({ port }: Service, name = host) => createBrowser().subscriptionAt(`https://${name}:${port}/push/x`);

describe('a connection to a stranger', () => {
  test('is not made where the resolver names a local address', async (context) => {
    const service = await createService(context);
    const provider = createStage(context).create({ 'allow-private': [] }, lying('127.0.0.1'));
    const outcome = await provider.push(buildPush({ messageCount: 1 }, { token: subscriptionAt(service) }), never);
    assert.equal(outcome.kind, 'retry');
    assert.match('reason' in outcome ? outcome.reason : '', /private, local or reserved/);
    assert.equal(service.connections, 0);
  });

  test('goes to the very address that was looked at: it is resolved once, and a name that changes then changes nothing', async (context) => {
    const service = await createService(context);
    // Only 127.0.0.1 is allowed: whoever looked the name up a second time would get 127.0.0.2.
    const resolvers = lying('127.0.0.1', '127.0.0.2');
    const provider = createStage(context).create({ 'allow-private': ['127.0.0.1'] }, resolvers);
    const push = buildPush({ messageCount: 1 }, { token: subscriptionAt(service) });
    const outcome = await provider.push(push, never);
    // The certificate is not for that name, and says so: the connection came about, and TLS is by name.
    assert.match('reason' in outcome ? outcome.reason : '', /ERR_TLS_CERT_ALTNAME_INVALID|altnames/);
    assert.deepEqual(resolvers.asked, [host]);
    assert.equal(service.connections, 1);
  });

  test('is not made by a name that leads to an allowed address first and to another local one the next time', async (context) => {
    const service = await createService(context);
    const provider = createStage(context).create({ 'allow-private': ['127.0.0.9'] }, lying('127.0.0.9', '127.0.0.1'));
    for (let round = 0; round < 2; round += 1)
      await provider.push(buildPush({ messageCount: 1 }, { token: subscriptionAt(service) }), never);
    assert.equal(service.connections, 0);
  });

  test('is asked of a proxy by address, never by name', async (context) => {
    const service = await createService(context);
    const proxy = await createConnectProxy(context);
    const provider = createStage(context).create({ 'allow-private': ['127.0.0.1'], proxy: proxy.url }, lying('127.0.0.1'));
    await provider.push(buildPush({ messageCount: 1 }, { token: subscriptionAt(service) }), never);
    assert.deepEqual([...new Set(proxy.targets)], [`127.0.0.1:${service.port}`]);
  });

  test('is not asked of a proxy where the name leads to a local address', async (context) => {
    const service = await createService(context);
    const proxy = await createConnectProxy(context);
    const provider = createStage(context).create({ 'allow-private': [], proxy: proxy.url }, lying('10.0.0.1'));
    const outcome = await provider.push(buildPush({ messageCount: 1 }, { token: subscriptionAt(service) }), never);
    assert.match('reason' in outcome ? outcome.reason : '', /private, local or reserved/);
    assert.deepEqual(proxy.targets, []);
  });

  for (const speaks of ['h2', 'http/1.1'] as const) {
    test(`through a proxy carries ${speaks} and arrives, by name where the administrator named the host`, async (context) => {
      const service = await createService(context, speaks);
      const proxy = await createConnectProxy(context);
      const provider = createStage(context).create({ proxy: proxy.url }, lying('10.0.0.1'));
      const push = buildPush({ messageCount: 1 }, { token: subscriptionAt(service, 'localhost') });
      assert.deepEqual(await provider.push(push, never), { kind: 'accepted' });
      assert.deepEqual([...new Set(proxy.targets)], [`localhost:${service.port}`]);
    });
  }
});
