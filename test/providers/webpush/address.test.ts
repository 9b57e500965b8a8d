import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { buildPush, never } from '../kit.ts';
import { createBrowser } from './browser.ts';
import { createService } from './service.ts';
import { createStage } from './stage.ts';

const sealed = { message: randomBytes(200), vapid: { token: 'a.b.c', key: 'k'.repeat(87) } };

describe('an address that a server relays to', () => {
  test('is an endpoint without keys, though unencrypted pushes are not allowed', (context) => {
    const provider = createStage(context).create();
    const endpoint = 'https://push.example/send/a?b=c';
    assert.deepEqual(provider.readAddress(endpoint), {
      kind: 'address',
      token: endpoint,
      credentials: 'theirs',
    });
    assert.equal(provider.checkToken(endpoint).kind, 'refused');
  });

  test('is held to the rules for strangers', (context) => {
    const provider = createStage(context).create({ 'allow-private': [], 'allow-hosts': ['*.push.example', '10.0.0.1'] });
    const refused = ['http://a.push.example/', 'https://push.evil/', 'https://10.0.0.1/', 'https://127.1/'];
    for (const address of [...refused, `https://a.push.example/${'x'.repeat(1_000)}`])
      assert.equal(provider.readAddress(address)?.kind, 'refused', address);
    for (const other of ['', 'N1', createBrowser().subscriptionAt('https://a.push.example/'), 'https://a.push.example/#x'])
      assert.equal(provider.readAddress(other), undefined, other);
  });
});

describe('what a server sealed', () => {
  for (const speaks of ['h2', 'http/1.1'] as const)
    test(`goes out over ${speaks} byte by byte, under the server's token`, async (context) => {
      const service = await createService(context, speaks);
      const provider = createStage(context).create();
      const push = buildPush({}, { token: `${service.origin}/a`, sealed });
      assert.deepEqual(await provider.push(push, never), { kind: 'accepted' });
      const [{ body, headers } = assert.fail('nothing came')] = service.received;
      assert.deepEqual(body, sealed.message);
      assert.equal(headers.authorization, `vapid t=a.b.c, k=${sealed.vapid.key}`);
      assert.equal(headers['urgency'], 'normal');
    });

  test('is not sent to an endpoint that is not allowed any more', async (context) => {
    const service = await createService(context);
    const provider = createStage(context).create({ 'allow-private': [] });
    const outcome = await provider.push(buildPush({}, { token: `${service.origin}/a`, sealed }), never);
    assert.deepEqual(outcome, { kind: 'rejected', reason: 'the endpoint has a host that is no name on the internet' });
    assert.equal(service.connections, 0);
  });

  test('is not sent a second time with less in it, and costs our own token nothing', async (context) => {
    const service = await createService(context);
    const { create, captured } = createStage(context);
    const provider = create();
    const push = buildPush({}, { token: `${service.origin}/a`, sealed });
    for (const status of [413, 403]) {
      service.behave(() => ({ status }));
      assert.deepEqual(await provider.push(push, never), { kind: 'rejected', reason: `localhost:${service.port} answers ${status}` });
    }
    assert.equal(service.received.length, 2);
    assert.ok(!captured.text().includes('webpush-refused'));
  });
});
