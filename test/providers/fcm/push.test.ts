import assert from 'node:assert/strict';
import test from 'node:test';
import type { Outcome } from '../../../src/index.ts';
import type { FcmMisbehaviour, SandboxFcm } from '../../../src/sandbox/fcm/sandbox-fcm.ts';
import { createFcmStage, randomRegistrationToken } from './stage.ts';
import { buildPush, never, writeInto } from '../kit.ts';

const message = { messageCount: 1, sender: 'ben@example.org', body: 'hidden-body' };

interface Case {
  readonly name: string;
  arrange(sandbox: SandboxFcm, token: string): void;
  readonly outcome: Outcome;
  /** Whether the provider then says that it can't push. */
  readonly isNotReady?: true;
}

const answering = (told: Omit<Extract<FcmMisbehaviour, { kind: 'answer' }>, 'kind'>) => (sandbox: SandboxFcm) =>
  sandbox.misbehave({ kind: 'answer', ...told }, { times: Infinity });

const cases: readonly Case[] = [
  { name: 'UNREGISTERED: the token is gone', arrange: (sandbox, token) => sandbox.unregister(token), outcome: { kind: 'gone' } },
  {
    name: 'SENDER_ID_MISMATCH: the token is of another project, gone for us',
    arrange: (sandbox, token) => sandbox.markOtherSender(token),
    outcome: { kind: 'gone' },
  },
  {
    name: 'INVALID_ARGUMENT, and an empty message fares no better: the token is gone',
    arrange: (sandbox, token) => sandbox.markBad(token),
    outcome: { kind: 'gone' },
  },
  {
    name: 'INVALID_ARGUMENT, but an empty message is fine: the token is kept',
    arrange: (sandbox) => sandbox.misbehave({ kind: 'answer', status: 400, errorCode: 'INVALID_ARGUMENT' }),
    outcome: { kind: 'rejected', reason: '400 INVALID_ARGUMENT' },
  },
  {
    name: 'QUOTA_EXCEEDED without Retry-After: a minute',
    arrange: answering({ status: 429, errorCode: 'QUOTA_EXCEEDED' }),
    outcome: { kind: 'retry', reason: '429 QUOTA_EXCEEDED', afterMs: 60_000 },
  },
  {
    name: 'QUOTA_EXCEEDED with Retry-After in seconds',
    arrange: answering({ status: 429, errorCode: 'QUOTA_EXCEEDED', retryAfter: 7 }),
    outcome: { kind: 'retry', reason: '429 QUOTA_EXCEEDED', afterMs: 7_000 },
  },
  {
    name: 'UNAVAILABLE with Retry-After as a date that is past',
    arrange: answering({ status: 503, errorCode: 'UNAVAILABLE', retryAfter: new Date(0) }),
    outcome: { kind: 'retry', reason: '503 UNAVAILABLE', afterMs: 0 },
  },
  {
    name: 'UNAVAILABLE without Retry-After',
    arrange: answering({ status: 503, errorCode: 'UNAVAILABLE' }),
    outcome: { kind: 'retry', reason: '503 UNAVAILABLE' },
  },
  {
    name: 'INTERNAL: ten seconds at least',
    arrange: answering({ status: 500, errorCode: 'INTERNAL' }),
    outcome: { kind: 'retry', reason: '500 INTERNAL', afterMs: 10_000 },
  },
  {
    name: 'THIRD_PARTY_AUTH_ERROR: a credential of the Firebase project',
    arrange: answering({ status: 401, errorCode: 'THIRD_PARTY_AUTH_ERROR' }),
    outcome: { kind: 'rejected', reason: '401 THIRD_PARTY_AUTH_ERROR' },
    isNotReady: true,
  },
  {
    name: 'a code that nobody heard of, with 400: the token is kept',
    arrange: answering({ status: 400, errorCode: 'NEVER_HEARD_OF' }),
    outcome: { kind: 'rejected', reason: '400 NEVER_HEARD_OF' },
  },
  {
    name: 'a code that nobody heard of, with 503',
    arrange: answering({ status: 503, errorCode: 'NEVER_HEARD_OF' }),
    outcome: { kind: 'retry', reason: '503 NEVER_HEARD_OF' },
  },
  {
    name: 'UNREGISTERED in JSON that breaks off: the token is kept',
    arrange: (sandbox) => sandbox.misbehave({ kind: 'truncate', status: 404, errorCode: 'UNREGISTERED' }, { times: Infinity }),
    outcome: { kind: 'rejected', reason: '404 no reason given' },
    isNotReady: true,
  },
];

for (const { name, outcome, isNotReady, ...row } of cases)
  test(name, async (context) => {
    const { sandbox, create, captured } = await createFcmStage(context);
    const provider = create();
    const push = buildPush(message, { token: randomRegistrationToken() });
    row.arrange(sandbox, push.token);
    assert.deepEqual(await provider.push(push, never), outcome);
    assert.equal(provider.status().ready, isNotReady !== true, provider.status().reason);
    assert.equal(sandbox.pushes.length, 0);
    sandbox.behave();
    assert.equal((await provider.push(buildPush(message, { token: randomRegistrationToken() }), never)).kind, 'accepted');
    assert.equal(provider.status().ready, true);
    assert.doesNotMatch(captured.text(), /hidden-body|APA91b|ben@|anna@/);
  });

test('a service account that may not send: rejected, in the words of Google, and no token is lost', async (context) => {
  const { sandbox, create, folder } = await createFcmStage(context);
  const account = sandbox.issueServiceAccount({ canSend: false });
  writeInto(folder, { 'service-account.json': JSON.stringify(account) });
  const provider = create();
  const outcome = await provider.push(buildPush(message, { token: randomRegistrationToken() }), never);
  assert.deepEqual(outcome, { kind: 'rejected', reason: '403 PERMISSION_DENIED' });
  assert.match(
    provider.status().reason ?? '',
    /Google refuses our pushes: 403 PERMISSION_DENIED Permission 'cloudmessaging\.messages\.create' denied/,
  );
});

test('a push whose time has come is not sent; one whose token no service hands out is gone', async (context) => {
  const { sandbox, create } = await createFcmStage(context);
  const provider = create();
  const late = buildPush(message, { token: randomRegistrationToken(), expiresAt: new Date(Date.now() - 1) });
  assert.deepEqual(await provider.push(late, never), { kind: 'rejected', reason: 'expired before it was sent' });
  for (const token of ['', 'two words', 'ü', 'x\n', 'x'.repeat(4097)])
    assert.deepEqual(await provider.push(buildPush(message, { token }), never), { kind: 'gone' });
  assert.equal(sandbox.connections.total, 0);
});

test('pushes are spread over as many connections as pool-size allows, 100 at a time over each', async (context) => {
  const { sandbox, create } = await createFcmStage(context);
  const provider = create({ 'pool-size': 2 });
  sandbox.misbehave({ kind: 'delay', ms: 1500 }, { times: 400 });
  const pushes = Array.from({ length: 400 }, () => buildPush(message, { token: randomRegistrationToken() }));
  const outcomes = await Promise.all(pushes.map((push) => provider.push(push, never)));
  assert.ok(outcomes.every(({ kind }) => kind === 'accepted'));
  assert.equal(sandbox.connections.total, 2);
});
