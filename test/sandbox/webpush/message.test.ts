import assert from 'node:assert/strict';
import { createECDH } from 'node:crypto';
import { describe, test } from 'node:test';
import { decrypt } from '../../../src/sandbox/webpush/decrypt.ts';
import { applicationServerKey, createHttp1Sender, createHttp2Sender, createSandbox, encryptFor, text } from './client.ts';

const bytes = (value: string) => Buffer.from(value, 'base64url');

describe('what the Web Push sandbox reads', () => {
  test('is the message of RFC 8291, Appendix A', () => {
    const pair = createECDH('prime256v1');
    pair.setPrivateKey(bytes('q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94'));
    const message = bytes(
      'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_' +
        'yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
    );
    const reading = decrypt(message, { pair, auth: bytes('BTBZMqHH6r4Tts7J_aSIgg') });
    assert.deepEqual(reading, { text: Buffer.from('When I grow up, I want to be a watermelon') });
  });

  test('is what somebody else’s library encrypted, from no byte to the most there can be, zeros at its end included', async (context) => {
    const sandbox = await createSandbox(context);
    const subscription = sandbox.subscribe({ applicationServerKey });
    const sender = createHttp2Sender(context, sandbox);
    const plains = ['', 'x', 'x\0\0', '☎'.repeat(300), 'x'.repeat(3993)];
    for (const plain of plains) assert.equal((await sender.push(subscription, { body: encryptFor(subscription, plain) })).status, 201);
    assert.deepEqual(
      sandbox.pushes.map((push) => push.text),
      plains,
    );
    assert.equal(sandbox.pushes.at(-1)?.bytes, 4096);
  });

  for (const protocol of ['h2', 'http/1.1'] as const)
    test(`is written down over ${protocol}, with how it was sent, and answered with where it is`, async (context) => {
      const sandbox = await createSandbox(context);
      const subscription = sandbox.subscribe({ applicationServerKey });
      const sender = protocol === 'h2' ? createHttp2Sender(context, sandbox) : createHttp1Sender(sandbox);
      const { status, headers } = await sender.push(subscription, { headers: { ttl: '9999999', urgency: 'high', topic: 'abc_-9' } });
      const [push] = sandbox.pushes;
      assert.ok(push);
      const { id, token, ttl, urgency, topic, subject } = push;
      assert.deepEqual(
        { token, ttl, urgency, topic, subject, text: push.text, connection: push.connection, protocol: push.protocol },
        {
          token: subscription.token,
          ttl: 9_999_999,
          urgency: 'high',
          topic: 'abc_-9',
          subject: 'mailto:admin@example.org',
          text,
          connection: 1,
          protocol,
        },
      );
      assert.deepEqual([status, headers['ttl'], headers.location], [201, '2592000', `${sandbox.origin}/message/${id}`]);
    });

  test('is nothing where nothing was sent, which wakes an app as well', async (context) => {
    const sandbox = await createSandbox(context);
    const answer = await createHttp2Sender(context, sandbox).push(sandbox.subscribe(), {
      body: Buffer.alloc(0),
      headers: { authorization: undefined, 'content-encoding': undefined },
    });
    assert.deepEqual([answer.status, sandbox.pushes[0]?.text, sandbox.pushes[0]?.urgency], [201, undefined, 'normal']);
  });

  test('is plain where the app has no keys, as with UnifiedPush, and nobody has to say who he is', async (context) => {
    const sandbox = await createSandbox(context);
    const subscription = sandbox.subscribe({ hasKeys: false });
    assert.deepEqual(JSON.parse(JSON.stringify(subscription)), { endpoint: subscription.endpoint, expirationTime: null });
    const headers = { authorization: undefined, 'content-encoding': undefined };
    assert.equal((await createHttp2Sender(context, sandbox).push(subscription, { headers })).status, 201);
    assert.equal(sandbox.pushes[0]?.text, text);
  });
});

test('with HTTP/1.1 only, a client of HTTP/2 finds no common word, and one that knows both takes HTTP/1.1', async (context) => {
  const sandbox = await createSandbox(context, { onlyHTTP1: true });
  const subscription = sandbox.subscribe({ applicationServerKey });
  assert.equal((await createHttp1Sender(sandbox).push(subscription)).status, 201);
  assert.equal((await createHttp2Sender(context, sandbox).push(subscription)).status, undefined);
  assert.equal(sandbox.pushes.length, 1);
});

test('whoever asks over HTTP gets a subscription as a browser has them, bound to his key where he names one', async (context) => {
  const sandbox = await createSandbox(context);
  const sender = createHttp2Sender(context, sandbox);
  const ask = (body: string) => sender.push(sandbox.subscribe(), { endpoint: `${sandbox.origin}/subscribe`, body: Buffer.from(body) });
  const answer = await ask(JSON.stringify({ applicationServerKey }));
  assert.equal(answer.status, 201);
  const { endpoint, keys } = JSON.parse(answer.text) as { endpoint: string; keys: { p256dh: string; auth: string } };
  assert.deepEqual([answer.headers.location, bytes(keys.p256dh).length, bytes(keys.auth).length], [endpoint, 65, 16]);
  const made = { ...sandbox.subscribe(), endpoint, ...keys };
  assert.deepEqual(
    [(await sender.push(made, { headers: { authorization: undefined } })).status, (await sender.push(made)).status],
    [401, 201],
  );
  assert.equal((JSON.parse((await ask('{"keys":false}')).text) as Record<string, unknown>)['keys'], undefined);
  for (const wrong of ['x', '[]x', '{"keys":1}', '{"applicationServerKey":1}']) assert.equal((await ask(wrong)).status, 400, wrong);
});
