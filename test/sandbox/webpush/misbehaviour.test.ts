import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { giveWebpush, parseWebpushSwitch } from '../../../src/sandbox/webpush/switches.ts';
import { applicationServerKey, buildAuthorization, createHttp1Sender, createHttp2Sender, createSandbox } from './client.ts';

describe('the Web Push sandbox misbehaves as told', () => {
  test('with an answer to the next pushes that are in order, and no more', async (context) => {
    const sandbox = await createSandbox(context);
    const subscription = sandbox.subscribe({ applicationServerKey });
    const sender = createHttp2Sender(context, sandbox);
    sandbox.misbehave({ kind: 'answer', status: 429, retryAfter: 30 }, { times: 2 });
    const first = await sender.push(subscription);
    assert.deepEqual([first.status, first.headers['retry-after']], [429, '30']);
    const statuses: unknown[] = [];
    for (const ttl of [undefined, '1', '1']) statuses.push((await sender.push(subscription, { headers: { ttl } })).status);
    assert.deepEqual(statuses, [400, 429, 201]);
  });

  test('to one subscription, and leaves the others alone', async (context) => {
    const sandbox = await createSandbox(context);
    const [one, two] = [sandbox.subscribe(), sandbox.subscribe()];
    const sender = createHttp2Sender(context, sandbox);
    sandbox.misbehave({ kind: 'answer', status: 503 }, { token: one.token, times: Infinity });
    assert.deepEqual([(await sender.push(one)).status, (await sender.push(two)).status, (await sender.push(one)).status], [503, 201, 503]);
    sandbox.behave();
    assert.equal((await sender.push(one)).status, 201);
  });

  test('with a redirect to where a push would be taken, so that whoever follows is seen', async (context) => {
    const sandbox = await createSandbox(context);
    const subscription = sandbox.subscribe();
    const sender = createHttp1Sender(sandbox);
    sandbox.misbehave({ kind: 'answer', status: 307 });
    const { status, headers } = await sender.push(subscription);
    assert.deepEqual([status, headers.location, sandbox.pushes.length], [307, subscription.endpoint, 0]);
    assert.equal((await sender.push(subscription, { endpoint: headers.location ?? '' })).status, 201);
  });

  test('with a token that it calls expired from then on, and takes a new one', async (context) => {
    const sandbox = await createSandbox(context);
    const subscription = sandbox.subscribe({ applicationServerKey });
    const sender = createHttp2Sender(context, sandbox);
    sandbox.misbehave({ kind: 'expire-token' });
    const headers = { authorization: buildAuthorization(sandbox) };
    assert.deepEqual(
      [(await sender.push(subscription, { headers })).status, (await sender.push(subscription, { headers })).status],
      [403, 403],
    );
    assert.equal((await sender.push(subscription)).status, 201);
  });

  test('with JSON that breaks off, and with a length that does not come', async (context) => {
    const sandbox = await createSandbox(context);
    const subscription = sandbox.subscribe();
    const sender = createHttp2Sender(context, sandbox);
    sandbox.misbehave({ kind: 'truncate', status: 410 });
    const truncated = await sender.push(subscription);
    assert.equal(truncated.status, 410);
    assert.throws(() => JSON.parse(truncated.text) as unknown);
    sandbox.misbehave({ kind: 'wrong-length', excess: 100 });
    const { status, headers, text } = await sender.push(subscription);
    assert.deepEqual([status, headers['content-length'], text.length <= 1], [201, '101', true]);
    assert.equal(sandbox.pushes.length, 1);
  });

  test('without a word: a stream that ends, a connection that ends, over either protocol', async (context) => {
    const sandbox = await createSandbox(context);
    const subscription = sandbox.subscribe();
    const sender = createHttp2Sender(context, sandbox);
    sandbox.misbehave({ kind: 'close-stream', code: 7 });
    const { status, rstCode } = await sender.push(subscription);
    assert.deepEqual([status, rstCode], [undefined, 7]);
    sandbox.misbehave({ kind: 'close-stream' });
    assert.equal((await createHttp1Sender(sandbox).push(subscription)).status, undefined);
    sandbox.misbehave({ kind: 'disconnect', how: 'rst' });
    assert.equal((await sender.push(subscription)).status, undefined);
    sandbox.misbehave({ kind: 'disconnect', how: 'fin' });
    assert.equal((await createHttp1Sender(sandbox).push(subscription)).status, undefined);
    assert.equal(sandbox.pushes.length, 0);
  });

  test('with GOAWAY, and with a habit on every connection', async (context) => {
    const sandbox = await createSandbox(context);
    const subscription = sandbox.subscribe();
    const sender = createHttp2Sender(context, sandbox);
    const heard = once(sender.session, 'goaway') as Promise<[number]>;
    sandbox.misbehave({ kind: 'goaway', code: 0 });
    assert.equal((await sender.push(subscription)).status, 201);
    assert.equal((await heard)[0], 0);
    sandbox.adopt('limit-late');
    const limited = createHttp2Sender(context, sandbox);
    assert.equal((await limited.push(subscription)).status, 201);
  });
});

test('switches for Web Push are read by the same rules, and a wrong one is refused with its usage', () => {
  const always = { times: Infinity };
  for (const [text, order] of [
    ['answer=410', { told: { kind: 'answer', status: 410 }, scope: always }],
    ['answer=429:30@2-3', { told: { kind: 'answer', status: 429, retryAfter: 30 }, scope: { after: 1, times: 2 } }],
    ['redirect', { told: { kind: 'answer', status: 307 }, scope: always }],
    ['redirect=301@1', { told: { kind: 'answer', status: 301 }, scope: { after: 0 } }],
    ['truncated=503', { told: { kind: 'truncate', status: 503 }, scope: always }],
    ['wrong-length', { told: { kind: 'wrong-length', excess: 100 }, scope: always }],
    ['expire-token', { told: { kind: 'expire-token' }, scope: always }],
    ['silence@4+', { told: { kind: 'silence' }, scope: { after: 3, times: Infinity } }],
    ['limit-late', { habit: 'limit-late' }],
  ] as const)
    assert.deepEqual(parseWebpushSwitch(text), order, text);
  const wrong = [
    'answer',
    'answer=200',
    'answer=429:soon',
    'redirect=200',
    'truncated',
    'wrong-length=0',
    'expire-token=1',
    'nonsense',
    '',
  ];
  for (const text of wrong) assert.throws(() => parseWebpushSwitch(text), /^Error: --misbehave-webpush .*expected/, text);
});

test('what is ordered is done, and whoever listens hears of each request and answer', async (context) => {
  const heard: unknown[] = [];
  const sandbox = await createSandbox(context, {
    onAnswer: ({ status, reason, token }) => heard.push([token, status, reason]),
    onRequest: ({ token }, isMisbehaved) => heard.push([token, isMisbehaved]),
  });
  giveWebpush(parseWebpushSwitch('answer=503:date+3600@1'), sandbox);
  const { token, ...subscription } = sandbox.subscribe();
  const sender = createHttp2Sender(context, sandbox);
  const { headers } = await sender.push({ token, ...subscription });
  assert.ok(Date.parse(String(headers['retry-after'])) > Date.now() + 3_000_000);
  await sender.push({ token, ...subscription });
  assert.deepEqual(heard, [
    [token, true],
    [token, 503, 'ordered-503'],
    [token, false],
    [token, 201, undefined],
  ]);
});
