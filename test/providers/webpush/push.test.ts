import assert from 'node:assert/strict';
import { verify, createPublicKey } from 'node:crypto';
import { describe, test } from 'node:test';
import { buildMessage } from '../../../providers/webpush/message/message.ts';
import { VapidTokens } from '../../../providers/webpush/vapid/vapid-tokens.ts';
import { parseVapidKey } from '../../../providers/webpush/vapid/vapid-key.ts';
import { waitFor } from '../../helpers/wait-for.ts';
import { buildPush, never } from '../kit.ts';
import { createBrowser } from './browser.ts';
import { createService, type Answer } from './service.ts';
import { createStage, vapidPem } from './stage.ts';

const message = { messageCount: 2, sender: 'ben@example.org', body: 'hello' };
const vapid = parseVapidKey(Buffer.from(vapidPem));

function readJwt(authorization: string | undefined) {
  const [, head = '', claims = '', signature = '', key] =
    /^vapid t=([\w-]+)\.([\w-]+)\.([\w-]+), k=([\w-]+)$/.exec(authorization ?? '') ?? [];
  const signer = { key: createPublicKey(vapid.privateKey), dsaEncoding: 'ieee-p1363' as const };
  assert.ok(verify('sha256', Buffer.from(`${head}.${claims}`), signer, Buffer.from(signature, 'base64url')), 'the signature is wrong');
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Readonly<Record<string, unknown>>;
  return { head: read(head), claims: read(claims), key };
}

describe('a push to a browser', () => {
  for (const [speaks, version] of [
    ['h2', '2.0'],
    ['http/1.1', '1.1'],
  ] as const) {
    test(`arrives over ${speaks} with what RFC 8030 and RFC 8292 want, and says what FCM's data would`, async (context) => {
      const service = await createService(context, speaks);
      const browser = createBrowser();
      const provider = createStage(context).create();
      const push = buildPush(message, { token: browser.subscriptionAt(`${service.origin}/push/a?b=c`) });
      assert.deepEqual(await provider.push(push, never), { kind: 'accepted' });
      const [received] = service.received;
      assert.ok(received);
      assert.deepEqual([received.version, received.path], [version, '/push/a?b=c']);
      const { ttl, urgency, topic, 'content-encoding': encoding, authorization } = received.headers;
      assert.deepEqual([urgency, topic, encoding], ['high', undefined, 'aes128gcm']);
      assert.ok(Number(ttl) > 590 && Number(ttl) <= 600, ttl?.toString());
      const { head, claims, key } = readJwt(authorization);
      assert.deepEqual(head, { typ: 'JWT', alg: 'ES256' });
      assert.deepEqual([claims['aud'], claims['sub'], key], [service.origin, 'mailto:admin@example.org', vapid.publicKey]);
      const hours = (Number(claims['exp']) - Date.now() / 1000) / 3600;
      assert.ok(hours > 11.9 && hours <= 12, `${hours} h`);
      assert.deepEqual(JSON.parse(browser.read(received.body).toString()), {
        account: 'anna@example.org',
        'unread-messages': '2',
        sender: 'ben@example.org',
        body: 'hello',
      });
    });

    test(`and another one use one connection over ${speaks}`, async (context) => {
      const service = await createService(context, speaks);
      const provider = createStage(context).create();
      for (let round = 0; round < 3; round += 1) {
        const push = buildPush(message, { token: createBrowser().subscriptionAt(`${service.origin}/push/${round}`) });
        assert.deepEqual(await provider.push(push, never), { kind: 'accepted' });
      }
      assert.equal(service.connections, 1);
      assert.equal(new Set(service.received.map(({ headers }) => headers.authorization)).size, 1, 'one token for one origin');
    });

    test(`whose answer is endless over ${speaks} is judged by its status`, async (context) => {
      const service = await createService(context, speaks);
      service.behave(() => ({ status: 410, body: 'x'.repeat(5_000_000) }));
      const push = buildPush(message, { token: createBrowser().subscriptionAt(`${service.origin}/push/a`) });
      assert.deepEqual(await createStage(context).create().push(push, never), { kind: 'gone' });
    });

    test(`that the service hangs up on over ${speaks} is tried again later, and is about this device only`, async (context) => {
      const service = await createService(context, speaks);
      service.behave(() => 'hang-up');
      const push = buildPush(message, { token: createBrowser().subscriptionAt(`${service.origin}/push/a`) });
      const outcome = await createStage(context).create().push(push, never);
      assert.deepEqual([outcome.kind, 'onlyThis' in outcome && outcome.onlyThis], ['retry', true]);
    });
  }

  test('over a kept connection that the service has closed meanwhile is sent over a new one', async (context) => {
    const service = await createService(context, 'http/1.1');
    const provider = createStage(context).create();
    const next = () => provider.push(buildPush(message, { token: createBrowser().subscriptionAt(`${service.origin}/push/a`) }), never);
    assert.deepEqual(await next(), { kind: 'accepted' });
    service.behave(({ connection }) => (connection === service.received[0]?.connection ? 'hang-up' : { status: 201 }));
    assert.deepEqual(await next(), { kind: 'accepted' });
    assert.equal(service.connections, 2);
  });
});

describe('what a push service answers', () => {
  const rows: readonly (readonly [Answer, object])[] = [
    [{ status: 200 }, { kind: 'accepted' }],
    [{ status: 202 }, { kind: 'accepted' }],
    [{ status: 204 }, { kind: 'accepted' }],
    [{ status: 404 }, { kind: 'gone' }],
    [{ status: 410, body: '<html>' }, { kind: 'gone' }],
    [{ status: 400 }, { kind: 'rejected', reason: 'HOST answers 400' }],
    [{ status: 401 }, { kind: 'rejected', reason: 'HOST answers 401' }],
    [
      { status: 403, body: 'the key in the authorization header does not correspond' },
      { kind: 'rejected', reason: 'HOST answers 403' },
    ],
    [{ status: 405 }, { kind: 'rejected', reason: 'HOST answers 405' }],
    [{ status: 413 }, { kind: 'rejected', reason: 'HOST answers 413' }],
    [
      { status: 301, headers: { location: 'https://localhost:1/' } },
      { kind: 'rejected', reason: 'HOST answers 301, and redirects are not followed' },
    ],
    [
      { status: 307, headers: { location: 'https://localhost:1/' } },
      { kind: 'rejected', reason: 'HOST answers 307, and redirects are not followed' },
    ],
    [
      { status: 429, headers: { 'retry-after': '120' } },
      { kind: 'retry', reason: 'HOST answers 429', onlyThis: true, afterMs: 120_000 },
    ],
    [{ status: 429 }, { kind: 'retry', reason: 'HOST answers 429', onlyThis: true }],
    [{ status: 500 }, { kind: 'retry', reason: 'HOST answers 500', onlyThis: true }],
    [
      { status: 503, headers: { 'retry-after': '5' } },
      { kind: 'retry', reason: 'HOST answers 503', onlyThis: true, afterMs: 5_000 },
    ],
  ];

  test('becomes an outcome by its status, and a refusal of us is told once and never makes the provider unready', async (context) => {
    const service = await createService(context);
    const { create, captured } = createStage(context);
    const provider = create();
    const token = createBrowser().subscriptionAt(`${service.origin}/push/secret-path`);
    for (const [answer, expected] of rows) {
      service.behave(() => answer);
      const outcome = await provider.push(buildPush({ messageCount: 1 }, { token }), never);
      const told = JSON.parse(JSON.stringify(outcome).replaceAll(`localhost:${service.port}`, 'HOST')) as object;
      assert.deepEqual(told, expected, `${answer.status}`);
    }
    assert.deepEqual(provider.status().ready, true);
    assert.equal(captured.text().match(/webpush-refused/g)?.length, 1);
    assert.ok(!captured.text().includes('secret-path'), 'an endpoint is a secret');
  });

  test('is asked once more, with less, where it takes less than RFC 8030 promises', async (context) => {
    const service = await createService(context);
    service.behave(({ body }) => ({ status: body.length > 2_744 ? 413 : 201 }));
    const browser = createBrowser();
    const encrypted = { payload: 'A'.repeat(3_200), iv: 'c2l4dGVlbiBieXRlcyE=', type: undefined };
    const push = buildPush({ messageCount: 1, encrypted }, { token: browser.subscriptionAt(`${service.origin}/push/a`) });
    assert.deepEqual(await createStage(context).create().push(push, never), { kind: 'accepted' });
    assert.equal(service.received.length, 2);
    assert.deepEqual(JSON.parse(browser.read(service.received[1]!.body).toString()), {
      account: 'anna@example.org',
      'unread-messages': '1',
    });
  });
});

describe('a silent service', () => {
  test('costs pushes to the others nothing', async (context) => {
    const [hostile, good] = [await createService(context), await createService(context)];
    hostile.behave(() => 'silence');
    const provider = createStage(context).create();
    const abort = new AbortController();
    const hanging = Array.from({ length: 1_500 }, (_, index) => {
      const token = createBrowser().subscriptionAt(`${hostile.origin}/push/${index}`);
      return provider.push(buildPush({ messageCount: 1 }, { token }), abort.signal);
    });
    await waitFor('a push at the hostile service', () => hostile.received.length > 0);
    const token = createBrowser().subscriptionAt(`${good.origin}/push/a`);
    assert.deepEqual(await provider.push(buildPush({ messageCount: 1 }, { token }), never), { kind: 'accepted' });
    // Those for which it has no place any more did not even wait.
    const early = await Promise.race([hanging.at(-1)!, provider.push(buildPush({ messageCount: 1 }, { token }), never)]);
    assert.match('reason' in early ? early.reason : '', /too many pushes under way/);
    abort.abort();
    for (const outcome of await Promise.all(hanging)) assert.equal(outcome.kind, 'retry');
  });
});

describe('a message', () => {
  const rules = { privacy: { content: 'full' as const, requireEncryption: false }, topicKey: Buffer.alloc(32) };
  const build = (notification: Parameters<typeof buildPush>[0], overrides = {}) =>
    buildMessage(buildPush(notification, overrides), undefined, rules, Date.now());

  test('is as urgent as what it says', () => {
    const call = { payload: 'x', iv: 'y', type: 'voip' };
    const urgencies = [
      build(message),
      build({ ...message, priority: 'high' }),
      build({ ...message, priority: 'low' }),
      build({ encrypted: call, priority: 'high' }),
      build({ encrypted: call }),
      build({ encrypted: { ...call, type: undefined }, priority: 'low' }),
      build({ messageCount: 0 }),
      build({}),
      build({ event: 'account-removed' }),
    ].map(({ urgency }) => urgency);
    assert.deepEqual(urgencies, ['high', 'high', 'low', 'high', 'high', 'normal', 'normal', 'low', 'normal']);
  });

  test('replaces a waiting one about the same with a topic of 32 characters that tells nobody what', () => {
    const [one, same, another] = [
      build({ messageCount: 0 }),
      build({ messageCount: 0 }),
      build({ messageCount: 0 }, { account: 'x@example.org' }),
    ];
    assert.match(one.topic ?? '', /^[\w-]{32}$/);
    assert.equal(one.topic, same.topic);
    assert.notEqual(one.topic, another.topic);
    assert.equal(build(message).topic, undefined);
    const elsewhere = buildMessage(buildPush({ messageCount: 0 }), undefined, { ...rules, topicKey: Buffer.alloc(32, 1) }, Date.now());
    assert.notEqual(elsewhere.topic, one.topic);
  });

  test('lives no longer than four weeks', () => {
    const life = (ms: number) => build(message, { expiresAt: new Date(Date.now() + ms) }).ttlSeconds;
    assert.deepEqual([life(90 * 86_400_000), life(-1_000)], [28 * 86_400, 0]);
  });

  test('that is too long loses its text, then what is encrypted, never a part of them', () => {
    const sizes = [3_000, 5_000].map((length) => {
      const built = build({ messageCount: 1, encrypted: { payload: 'A'.repeat(length), iv: 'iv', type: undefined } });
      return Object.keys(JSON.parse(built.body.toString()) as object);
    });
    assert.deepEqual(sizes, [
      ['account', 'unread-messages', 'encrypted', 'iv'],
      ['account', 'unread-messages'],
    ]);
  });

  test('for an app of another app server says nothing but whose it is', () => {
    const { body } = build(message, { dialect: { name: 'p2', keys: {} } });
    assert.deepEqual(JSON.parse(body.toString()), { account: 'anna@example.org' });
  });
});

describe('the token of an origin', () => {
  test('is renewed at six hours, after the clock was set, and at a refusal only when it is an hour old', () => {
    const clocks = { at: 0, set: 0, now: () => 1_700_000_000_000 + clocks.at + clocks.set, steady: () => clocks.at };
    const tokens = new VapidTokens(vapid, 'mailto:admin@example.org', clocks);
    const read = () => tokens.authorizationFor('https://push.example');
    const hour = 3_600_000;
    const seen = [read()];
    const isNew = () => {
      const header = read();
      const fresh = !seen.includes(header);
      seen.push(header);
      return fresh;
    };
    const refuse = () => tokens.expire('https://push.example');
    clocks.at = 0.9 * hour;
    refuse();
    assert.equal(isNew(), false, 'younger than an hour');
    clocks.at = 1.1 * hour;
    refuse();
    assert.equal(isNew(), true, 'older than an hour and refused');
    clocks.at = 6 * hour;
    assert.equal(isNew(), false, 'not six hours old');
    clocks.at = 7.2 * hour;
    assert.equal(isNew(), true, 'six hours old');
    clocks.set = -5 * hour;
    assert.equal(isNew(), true, 'the clock was set');
    assert.notEqual(tokens.authorizationFor('https://other.example'), read());
  });
});
