import assert from 'node:assert/strict';
import test from 'node:test';
import type { Misbehaviour } from '../../../src/sandbox/apns/misbehaviour.ts';
import { createStage, pushMany, signingKey, topic } from './stage.ts';
import { buildPush, never, randomToken, tally } from '../kit.ts';

const minuteMs = 60_000;

for (const kind of ['token', 'certificate'] as const) {
  test(`by ${kind}: an accepted push arrives with its id, headers and payload`, async (context) => {
    const { sandbox, create } = await createStage(context);
    const provider = create(kind);
    const push = buildPush({ messageCount: 2, sender: 'ben@example.org', body: 'Are you there?' });
    assert.deepEqual(await provider.push(push, never), { kind: 'accepted', id: push.id });
    const [arrived] = sandbox.pushes;
    assert.ok(arrived);
    assert.deepEqual(
      [arrived.id, arrived.token, arrived.topic, arrived.pushType, arrived.priority, arrived.expiration],
      [push.id, push.token, topic, 'alert', 10, Math.floor(push.expiresAt.getTime() / 1000)],
    );
    assert.equal(arrived.payload['body'], 'Are you there?');
    assert.equal(provider.status().sessions, 1);
  });

  test(`by ${kind}: a dead token is gone since when the service says`, async (context) => {
    const { sandbox, create } = await createStage(context);
    const provider = create(kind);
    const push = buildPush({ messageCount: 1 });
    const since = new Date('2026-01-02T03:04:05.678Z');
    sandbox.expire(push.token, since);
    assert.deepEqual(await provider.push(push, never), { kind: 'gone', since });
  });

  test(`by ${kind}: a token of another app is gone, a refused topic is not`, async (context) => {
    const { sandbox, create } = await createStage(context);
    const provider = create(kind);
    const push = buildPush({ messageCount: 1 });
    sandbox.markForTopic(push.token, 'org.example.other');
    assert.deepEqual(await provider.push(push, never), { kind: 'gone' });
    sandbox.misbehave({ kind: 'answer', status: 400, reason: 'TopicDisallowed' });
    assert.deepEqual(await provider.push(buildPush({}), never), { kind: 'rejected', reason: '400 TopicDisallowed' });
  });

  test(`by ${kind}: a service in trouble is worth another try`, async (context) => {
    const { sandbox, create } = await createStage(context);
    const provider = create(kind);
    for (const [status, reason] of [
      [500, 'InternalServerError'],
      [503, 'ServiceUnavailable'],
      [502, 'Unheard'],
    ] as const) {
      sandbox.misbehave({ kind: 'answer', status, reason });
      assert.deepEqual(await provider.push(buildPush({ messageCount: 1 }), never), { kind: 'retry', reason: `${status} ${reason}` });
    }
  });

  test(`by ${kind}: a cold burst of 200 goes through one connection, none refused`, async (context) => {
    const { sandbox, create } = await createStage(context);
    const outcomes = await pushMany(create(kind), 200);
    assert.deepEqual(tally(outcomes.map((outcome) => outcome.kind)), { accepted: 200 });
    assert.equal(sandbox.connections.total, 1);
  });
}

/** Every outcome of a burst that is disturbed in the middle, and how many may be lost to doubt. */
const disturbances: Readonly<Record<string, readonly [Misbehaviour, number]>> = {
  'GOAWAY with code 0': [{ kind: 'goaway', code: 0 }, 0],
  'GOAWAY with code 0 and a reason': [{ kind: 'goaway', code: 0, reason: 'Shutdown' }, 0],
  'GOAWAY with an error': [{ kind: 'goaway', code: 7, reason: 'Shutdown' }, 500],
  'a reset connection': [{ kind: 'disconnect', how: 'rst' }, 500],
  'a connection closed without a word': [{ kind: 'disconnect', how: 'fin' }, 500],
  'a stream without response': [{ kind: 'close-stream' }, 1],
  'a refused stream': [{ kind: 'close-stream', code: 7 }, 0],
};

for (const [name, [told, doubtful]] of Object.entries(disturbances))
  test(`a burst of 500 with ${name} in the middle: all settle, and the service is used again`, async (context) => {
    const { sandbox, create } = await createStage(context);
    const provider = create('token');
    sandbox.misbehave(told, { after: 250 });
    const counts = tally(
      (await pushMany(provider, 500)).map((outcome) => (outcome.kind === 'retry' ? outcome.reason.slice(0, 8) : outcome.kind)),
    );
    const { accepted = 0, 'in doubt': doubt = 0 } = counts;
    assert.equal(accepted + doubt, 500, JSON.stringify(counts));
    assert.ok(doubt <= doubtful, `${doubt} in doubt`);
    assert.deepEqual(tally((await pushMany(provider, 20)).map((outcome) => outcome.kind)), { accepted: 20 });
    const ids = sandbox.pushes.map((push) => push.id);
    // What is in doubt is sent once more, and may arrive twice.
    assert.ok(ids.length - new Set(ids).size <= doubtful, 'a push was delivered twice');
  });

test('credentials that Apple refuses make the provider unready until a push is accepted', async (context) => {
  const { sandbox, create } = await createStage(context);
  const provider = create('token');
  sandbox.misbehave({ kind: 'answer', status: 403, reason: 'InvalidProviderToken' });
  assert.deepEqual(await provider.push(buildPush({}), never), { kind: 'rejected', reason: '403 InvalidProviderToken' });
  assert.equal(provider.status().ready, false);
  assert.match(provider.status().reason ?? '', /InvalidProviderToken/);
  await provider.push(buildPush({}), never);
  assert.equal(provider.status().ready, true);
});

test('a key that the service does not know is rejected, and no device is lost', async (context) => {
  const { create } = await createStage(context, { keys: [] });
  const provider = create('token');
  for (const outcome of await pushMany(provider, 5)) assert.deepEqual(outcome, { kind: 'rejected', reason: '403 InvalidProviderToken' });
});

test('a token called expired costs the connection; the next push goes over a new one', async (context) => {
  const clock = { now: Date.now() };
  const { sandbox, create } = await createStage(context, { clock: () => clock.now });
  const provider = create('token');
  assert.equal((await provider.push(buildPush({}), never)).kind, 'accepted');
  clock.now += 61 * minuteMs;
  assert.deepEqual(await provider.push(buildPush({}), never), { kind: 'retry', reason: '403 ExpiredProviderToken' });
  clock.now -= 61 * minuteMs;
  assert.equal((await provider.push(buildPush({}), never)).kind, 'accepted');
  assert.equal(sandbox.connections.total, 2);
});

test('too many new tokens cost the connection; the next push shows the same token on another one', async (context) => {
  const { sandbox, create } = await createStage(context);
  const provider = create('token');
  assert.equal((await provider.push(buildPush({}), never)).kind, 'accepted');
  sandbox.misbehave({ kind: 'answer', status: 429, reason: 'TooManyProviderTokenUpdates' });
  const outcome = await provider.push(buildPush({}), never);
  assert.deepEqual(outcome, { kind: 'retry', reason: '429 TooManyProviderTokenUpdates', afterMs: 60_000 });
  assert.equal((await provider.push(buildPush({}), never)).kind, 'accepted');
  const [first, second] = sandbox.pushes;
  assert.equal(second?.headers['authorization'], first?.headers['authorization']);
  assert.deepEqual([first?.connection, second?.connection], [1, 2]);
});

test('two providers with one key show one token', async (context) => {
  const { sandbox, create } = await createStage(context);
  for (const provider of [create('token'), create('token')]) await provider.push(buildPush({}), never);
  assert.equal(new Set(sandbox.pushes.map(({ headers }) => headers['authorization'])).size, 1);
  assert.equal(sandbox.connections.total, 2);
});

test('a token that production does not know is tried once at the sandbox, where that is wanted', async (context) => {
  const { sandbox, create, createSandbox } = await createStage(context);
  const development = await createSandbox();
  const push = buildPush({ messageCount: 1 });
  sandbox.markBad(push.token);
  const endpoints = { 'sandbox-endpoint': development.origin };
  assert.deepEqual(await create('token', endpoints).push(push, never), { kind: 'gone' });
  assert.equal(development.connections.total, 0);
  const wanting = create('token', { ...endpoints, 'fallback-to-sandbox': true });
  assert.deepEqual(await wanting.push(push, never), { kind: 'accepted', id: push.id, remember: 'sandbox' });
  development.markBad(push.token);
  assert.deepEqual(await wanting.push(buildPush({}, { token: push.token }), never), { kind: 'gone' });
});

test('a device that the sandbox answered for is asked for there first, and found again when it moved', async (context) => {
  const { sandbox, create, createSandbox } = await createStage(context);
  const development = await createSandbox();
  const provider = create('token', { 'sandbox-endpoint': development.origin, 'fallback-to-sandbox': true });
  const push = () => buildPush({}, { token, remembered: 'sandbox' });
  const token = randomToken();
  sandbox.markBad(token);
  assert.equal((await provider.push(push(), never)).kind, 'accepted');
  assert.deepEqual([sandbox.connections.total, development.pushes.length], [0, 1]);
  sandbox.revive(token);
  development.markBad(token);
  const moved = await provider.push(push(), never);
  assert.deepEqual([moved.kind, moved.kind === 'accepted' && moved.remember], ['accepted', 'production']);
  const strange = await provider.push(buildPush({}, { remembered: 'another word' }), never);
  assert.deepEqual([strange.kind, sandbox.pushes.length], ['accepted', 2]);
});

test('environment = "sandbox" pushes to the sandbox endpoint alone', async (context) => {
  const { sandbox, create, createSandbox } = await createStage(context);
  const development = await createSandbox();
  const provider = create('token', { environment: 'sandbox', 'sandbox-endpoint': development.origin });
  assert.equal((await provider.push(buildPush({}), never)).kind, 'accepted');
  assert.deepEqual([sandbox.connections.total, development.connections.total], [0, 1]);
});

test('creating a provider opens no connection', async (context) => {
  const { sandbox, create } = await createStage(context);
  await create('token').close();
  await create('certificate').close();
  assert.equal(sandbox.connections.total, 0);
});

test('a token that cannot be one, and a push past its time, are not sent', async (context) => {
  const { sandbox, create } = await createStage(context);
  const provider = create('token');
  assert.deepEqual(await provider.push(buildPush({}, { token: '../3/device/x\r\n' }), never), { kind: 'gone' });
  const late = await provider.push(buildPush({}, { expiresAt: new Date(Date.now() - 1) }), never);
  assert.deepEqual(late, { kind: 'rejected', reason: 'expired before it was sent' });
  assert.equal(sandbox.connections.total, 0);
});

test('a push settles soon after its signal aborts, though the service never answers', async (context) => {
  const { sandbox, create } = await createStage(context);
  const provider = create('certificate');
  sandbox.misbehave({ kind: 'silence' });
  const aborter = new AbortController();
  const outcome = provider.push(buildPush({}), aborter.signal);
  aborter.abort();
  assert.deepEqual((await outcome).kind, 'retry');
});

test('a service out of reach is worth another try, not before the next attempt to connect', async (context) => {
  const { sandbox, create } = await createStage(context);
  const provider = create('token');
  await sandbox.close();
  assert.equal((await provider.push(buildPush({}), never)).kind, 'retry');
  const again = await provider.push(buildPush({}), never);
  assert.ok(again.kind === 'retry' && again.afterMs !== undefined && again.afterMs > 0, JSON.stringify(again));
  assert.match(again.reason, /ECONNREFUSED/);
});

test('a service whose certificate nobody vouches for gets no push', async (context) => {
  const { sandbox, create } = await createStage(context);
  const provider = create('token', { 'ca-file': undefined });
  const outcome = await provider.push(buildPush({}), never);
  assert.ok(outcome.kind === 'retry' && /certificate/i.test(outcome.reason), JSON.stringify(outcome));
  assert.equal(sandbox.pushes.length, 0);
});

test('neither log nor outcome shows token, password, key, sender or body', async (context) => {
  const { sandbox, captured, create } = await createStage(context);
  const token = randomToken();
  const push = () => buildPush({ sender: 'whisper@example.org', body: 'hush' }, { token });
  const outcomes: string[] = [];
  for (const kind of ['token', 'certificate'] as const) {
    const provider = create(kind);
    sandbox.misbehave({ kind: 'answer', status: 403, reason: 'BadCertificate' });
    sandbox.misbehave({ kind: 'goaway', code: 2, reason: 'InternalServerError' });
    for (let count = 0; count < 3; count += 1) outcomes.push(JSON.stringify(await provider.push(push(), never)));
    outcomes.push(JSON.stringify(provider.status()));
    await provider.close();
  }
  const shown = captured.text() + outcomes.join('\n');
  assert.match(shown, /http2-goaway/);
  for (const secret of [
    token,
    token.slice(0, 12),
    'bearer',
    'eyJ',
    'p12-password',
    'PRIVATE',
    'whisper',
    'hush',
    signingKey.p8.slice(40, 60),
  ])
    assert.ok(!shown.includes(secret), `shows ${secret}`);
});
