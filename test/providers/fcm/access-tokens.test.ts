import assert from 'node:assert/strict';
import test from 'node:test';
import { AccessTokens } from '../../../providers/fcm/access/access-tokens.ts';
import type { Grant } from '../../../providers/fcm/access/token-exchange.ts';
import { createFcmStage, randomRegistrationToken } from './stage.ts';
import { buildPush, never } from '../kit.ts';

const hourMs = 3_600_000;

/** Access tokens whose exchange the test answers, at a time that the test sets. */
function createScene() {
  let now = 1_000_000;
  const asked: ((grant: Grant) => void)[] = [];
  const tokens = new AccessTokens(
    () => new Promise((resolve) => asked.push(resolve)),
    () => now,
  );
  const grant = async (accessToken: string) => {
    asked.shift()!({ kind: 'granted', accessToken, lifeMs: hourMs });
    await tokens.settled();
  };
  return { tokens, asked, grant, pass: (ms: number) => (now += ms) };
}

test('whoever asks while a token is being fetched gets that one: a single request', async () => {
  const { tokens, asked, grant } = createScene();
  const waiting = Array.from({ length: 100 }, () => Promise.resolve(tokens.obtain()));
  assert.equal(asked.length, 1);
  await grant('first');
  assert.deepEqual(new Set(await Promise.all(waiting)), new Set(['first']));
  assert.equal(tokens.obtain(), 'first');
  assert.equal(asked.length, 0);
});

test('at four fifths of its life a token is replaced by one request, and nobody waits for it', async () => {
  const { tokens, asked, grant, pass } = createScene();
  void tokens.obtain();
  await grant('first');
  pass(0.79 * hourMs);
  assert.equal(tokens.obtain(), 'first');
  assert.equal(asked.length, 0);
  pass(0.02 * hourMs);
  for (let count = 0; count < 10; count += 1) assert.equal(tokens.obtain(), 'first');
  assert.equal(asked.length, 1);
  await grant('second');
  assert.equal(tokens.obtain(), 'second');
});

test('while the refresh fails the old token is used to its end, and the refresh tried again, less and less often', async () => {
  const { tokens, asked, grant, pass } = createScene();
  void tokens.obtain();
  await grant('first');
  pass(0.8 * hourMs);
  let requests = 0;
  for (let second = 0; second < 0.2 * 3600 - 31; second += 1) {
    assert.equal(tokens.obtain(), 'first');
    const answer = asked.shift();
    if (answer !== undefined) {
      requests += 1;
      answer({ kind: 'unavailable', reason: 'the token host is down' });
      await tokens.settled();
    }
    pass(1000);
  }
  assert.ok(requests >= 36 && requests <= 75, `${requests} requests in twelve minutes`);
  assert.equal(tokens.denial, undefined);
  pass(60_000);
  const waiting = tokens.obtain();
  asked.shift()?.({ kind: 'unavailable', reason: 'the token host is down', afterMs: 5_000 });
  const denial = await waiting;
  assert.ok(typeof denial !== 'string' && denial.kind === 'unavailable' && (denial.afterMs ?? 0) > 0, JSON.stringify(denial));
  assert.equal(denial.reason, 'the token host is down');
});

test('a token called invalid is given up once, however many say so', async () => {
  const { tokens, asked, grant } = createScene();
  void tokens.obtain();
  await grant('first');
  for (let count = 0; count < 10; count += 1) tokens.reject('first');
  const waiting = [tokens.obtain(), tokens.obtain()].map((token) => Promise.resolve(token));
  assert.equal(asked.length, 1);
  await grant('second');
  tokens.reject('first');
  assert.deepEqual(await Promise.all(waiting), ['second', 'second']);
  assert.equal(asked.length, 0);
});

test('a refusal is told as it is, until another try is due and succeeds', async () => {
  const { tokens, asked, grant, pass } = createScene();
  const waiting = tokens.obtain();
  asked.shift()!({ kind: 'refused', reason: '400 invalid_grant' });
  assert.deepEqual(await waiting, { kind: 'refused', reason: '400 invalid_grant' });
  assert.deepEqual(await tokens.obtain(), { kind: 'refused', reason: '400 invalid_grant' });
  assert.equal(asked.length, 0);
  pass(2_000);
  const again = tokens.obtain();
  await grant('first');
  assert.equal(await again, 'first');
  assert.equal(tokens.denial, undefined);
});

test('a token that Google calls expired in the middle of work costs each push one more try, and one exchange in all', async (context) => {
  const { sandbox, create } = await createFcmStage(context);
  const provider = create();
  const push = () => provider.push(buildPush({ body: 'x' }, { token: randomRegistrationToken() }), never);
  assert.equal((await push()).kind, 'accepted');
  sandbox.expireAccessTokens();
  const outcomes = await Promise.all(Array.from({ length: 200 }, push));
  assert.ok(outcomes.every(({ kind }) => kind === 'accepted'));
  assert.equal(sandbox.tokenRequests.length, 2);
  assert.equal(sandbox.pushes.length, 201);
});

test('a revoked key is named in the words of Google, and so is what follows for the pushes', async (context) => {
  const { sandbox, create, account, captured } = await createFcmStage(context);
  sandbox.revoke(account);
  const provider = create();
  const outcome = await provider.push(buildPush({ body: 'x' }, { token: randomRegistrationToken() }), never);
  assert.ok(outcome.kind === 'rejected' && outcome.reason.startsWith('no access token: 400 invalid_grant'), JSON.stringify(outcome));
  const { ready, reason } = provider.status();
  assert.equal(ready, false);
  assert.match(reason ?? '', /^Google gives the service account no access token: 400 invalid_grant: /);
  assert.match(captured.text(), /fcm-access-token-refused/);
});

test('an answer of the token host that cannot be read is no refusal', async (context) => {
  const { sandbox, create } = await createFcmStage(context);
  sandbox.misbehaveTokens({ kind: 'truncate' });
  const provider = create();
  const outcome = await provider.push(buildPush({ body: 'x' }, { token: randomRegistrationToken() }), never);
  assert.ok(outcome.kind === 'retry' && /no access token: 200 an answer that cannot be read/.test(outcome.reason), JSON.stringify(outcome));
  assert.equal(provider.status().ready, true);
});

test('the Retry-After of the token host is passed on', async (context) => {
  const { sandbox, create } = await createFcmStage(context);
  sandbox.misbehaveTokens({ kind: 'answer', status: 503, error: 'backend_error', retryAfter: 40 });
  const outcome = await create().push(buildPush({ body: 'x' }, { token: randomRegistrationToken() }), never);
  assert.ok(outcome.kind === 'retry' && (outcome.afterMs ?? 0) > 35_000 && (outcome.afterMs ?? 0) <= 40_000, JSON.stringify(outcome));
});
