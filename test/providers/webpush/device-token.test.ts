import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildPush, never } from '../kit.ts';
import { createBrowser } from './browser.ts';
import { createService } from './service.ts';
import { createStage } from './stage.ts';

const endpoint = 'https://push.example/a/b?c=d';

describe('a device token of Web Push', () => {
  test('is a PushSubscription, kept in one spelling whatever the browser wrote beside it', (context) => {
    const provider = createStage(context).create();
    const { p256dh, auth } = createBrowser();
    const canonical = JSON.stringify({ endpoint, keys: { p256dh, auth } });
    const padded = { auth: `${auth.replaceAll('-', '+').replaceAll('_', '/')}==`, p256dh: `${p256dh}=` };
    for (const text of [
      canonical,
      JSON.stringify({ endpoint, expirationTime: null, keys: { p256dh, auth } }),
      ` ${JSON.stringify({ keys: { auth, p256dh }, contentEncoding: 'aes128gcm', endpoint: 'HTTPS://Push.example:443/a/b?c=d' }, null, 2)}\n`,
      JSON.stringify({ endpoint, keys: padded }),
    ])
      assert.deepEqual(provider.checkToken(text), { kind: 'token', token: canonical });
  });

  test('is refused with the likely mistake', (context) => {
    const provider = createStage(context).create();
    const { p256dh, auth } = createBrowser();
    const withKeys = (keys: unknown) => JSON.stringify({ endpoint, keys });
    const rows: readonly (readonly [string, RegExp])[] = [
      ['', /neither a push subscription/],
      ['0a'.repeat(32), /token of APNs/],
      [`${'c'.repeat(22)}:APA91b${'x'.repeat(134)}`, /token of FCM/],
      ['{"endpoint":', /begins like the JSON/],
      ['{"keys":{}}', /no endpoint/],
      [endpoint, /has no keys/],
      [JSON.stringify({ endpoint }), /has no keys/],
      [withKeys('x'), /no object/],
      [withKeys({ auth }), /p256dh/],
      [withKeys({ auth, p256dh: p256dh.slice(2) }), /p256dh/],
      [withKeys({ auth, p256dh: `BA${'A'.repeat(85)}` }), /p256dh/],
      [withKeys({ p256dh }), /auth/],
      [withKeys({ p256dh, auth: 'AAAA' }), /auth/],
      [JSON.stringify({ endpoint: 'https://10.0.0.1/x', keys: { p256dh, auth } }), /private, local or reserved/],
      [JSON.stringify({ endpoint: 'http://push.example/x', keys: { p256dh, auth } }), /not https/],
      [JSON.stringify({ endpoint: 'https://push.example/x y', keys: { p256dh, auth } }), /neither/],
    ];
    for (const [text, expected] of rows) {
      const verdict = provider.checkToken(text);
      assert.match(verdict.kind === 'refused' ? verdict.reason : 'taken', expected, text);
    }
  });

  test('without keys is taken and pushed to in the clear where allow-unencrypted says so, with no word of who we are', async (context) => {
    const service = await createService(context);
    const stage = createStage(context);
    const token = `${service.origin}/up/topic`;
    const refused = await stage.create().push(buildPush({ messageCount: 1 }, { token }), never);
    assert.deepEqual(refused.kind, 'rejected');
    assert.equal(service.received.length, 0);
    const provider = stage.create({ 'allow-unencrypted': true });
    assert.deepEqual(provider.checkToken(token), { kind: 'token', token });
    assert.deepEqual(await provider.push(buildPush({ messageCount: 1 }, { token }), never), { kind: 'accepted' });
    const [received] = service.received;
    assert.deepEqual(JSON.parse(received!.body.toString()), { account: 'anna@example.org', 'unread-messages': '1' });
    const { authorization, 'content-encoding': encoding, ttl } = received!.headers;
    assert.deepEqual([authorization, encoding, ttl === undefined], [undefined, undefined, false]);
  });
});
