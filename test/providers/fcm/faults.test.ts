import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import test from 'node:test';
import type { Outcome, Provider } from '../../../src/index.ts';
import type { SandboxFcm, TokenMisbehaviour } from '../../../src/sandbox/fcm/sandbox-fcm.ts';
import { burstSize, checkBurst, deliver, type Fault } from '../faults.ts';
import { createFcmStage, randomRegistrationToken, type FcmStage } from './stage.ts';
import { buildPush, never, tally } from '../kit.ts';

const middle = { after: 250 };
const someInTheMiddle = { after: 250, times: 20 };
const storm = { after: 100, times: 300 };
const pauseMs = 50;
const limitMs = 40_000;

const faults: Readonly<Record<string, Fault<SandboxFcm>>> = {
  'one stream until the first accepted push': { arrange: (fcm) => fcm.adopt('limit-late') },
  'a limit that falls to one with each rejection': {
    arrange(fcm) {
      fcm.adopt('limit-falls');
      for (const after of [100, 200, 300]) fcm.misbehave({ kind: 'answer', status: 403, errorCode: 'SENDER_ID_MISMATCH' }, { after });
    },
    refused: { gone: 3 },
  },
  'GOAWAY 0': { arrange: (fcm) => fcm.misbehave({ kind: 'goaway', code: 0 }, middle) },
  'GOAWAY 0, three times': {
    arrange(fcm) {
      for (const after of [100, 200, 300]) fcm.misbehave({ kind: 'goaway', code: 0 }, { after });
    },
  },
  'GOAWAY 7': { arrange: (fcm) => fcm.misbehave({ kind: 'goaway', code: 7 }, middle), isDoubtful: true },
  'GOAWAY 11': {
    arrange: (fcm) => fcm.misbehave({ kind: 'goaway', code: 11, reason: 'exceeded_max_concurrent_streams' }, middle),
    isDoubtful: true,
  },
  'GOAWAY 7 that disowns all but the first': {
    arrange: (fcm) => fcm.misbehave({ kind: 'goaway', code: 7, lastStreamId: 1 }, { after: 1 }),
  },
  RST: { arrange: (fcm) => fcm.misbehave({ kind: 'disconnect', how: 'rst' }, middle), isDoubtful: true },
  FIN: { arrange: (fcm) => fcm.misbehave({ kind: 'disconnect', how: 'fin' }, middle), isDoubtful: true },
  'a half-open connection': { arrange: (fcm) => fcm.misbehave({ kind: 'half-open' }, middle), isDoubtful: true },
  'a frozen connection': { arrange: (fcm) => fcm.misbehave({ kind: 'freeze' }, middle), isDoubtful: true },
  'streams that end without an answer': { arrange: (fcm) => fcm.misbehave({ kind: 'close-stream' }, someInTheMiddle), isDoubtful: true },
  'refused streams': { arrange: (fcm) => fcm.misbehave({ kind: 'close-stream', code: 7 }, someInTheMiddle) },
  'slow answers': { arrange: (fcm) => fcm.misbehave({ kind: 'delay', ms: 400 }, storm) },
  'no answer to some': { arrange: (fcm) => fcm.misbehave({ kind: 'silence' }, someInTheMiddle), leftInDoubt: 20, isRetried: true },
  'a storm of 429': { arrange: answer(429, 'QUOTA_EXCEEDED'), isRetried: true },
  'a storm of 429 with Retry-After': { arrange: answer(429, 'QUOTA_EXCEEDED', 1), isRetried: true },
  'a storm of 500': { arrange: answer(500, 'INTERNAL'), isRetried: true },
  'a storm of 503 with Retry-After in seconds': { arrange: answer(503, 'UNAVAILABLE', 1), isRetried: true },
  'a storm of 503 with Retry-After as a date': { arrange: answer(503, 'UNAVAILABLE', new Date(Date.now() + 2_000)), isRetried: true },
  'a storm of 502 with a page in place of JSON': { arrange: answer(502), isRetried: true },
  'an unknown reason with 503': { arrange: answer(503, 'NEVER_HEARD_OF'), isRetried: true },
  'broken JSON with 503': {
    arrange: (fcm) => fcm.misbehave({ kind: 'truncate', status: 503, errorCode: 'UNAVAILABLE' }, { after: 100, times: 50 }),
    isRetried: true,
  },
  'broken JSON with 400, which costs no device': {
    arrange: (fcm) => fcm.misbehave({ kind: 'truncate', status: 400, errorCode: 'INVALID_ARGUMENT' }, { after: 100, times: 5 }),
    refused: { rejected: 5 },
  },
  'broken JSON with 404, which costs no device': {
    arrange: (fcm) => fcm.misbehave({ kind: 'truncate', status: 404, errorCode: 'UNREGISTERED' }, { after: 100, times: 5 }),
    refused: { rejected: 5 },
  },
  'an access token that expires, and the token host down': {
    arrange(fcm) {
      fcm.misbehave({ kind: 'expire-token' }, middle);
      // The first request is for the token that expires.
      fcm.misbehaveTokens({ kind: 'answer', status: 503 }, { after: 1, times: 2 });
    },
    isRetried: true,
  },
  'a token host that is down at the start': { arrange: tokenHost({ kind: 'answer', status: 503 }, 2), isRetried: true },
  'a token host that answers with half its JSON at the start': { arrange: tokenHost({ kind: 'truncate' }, 1), isRetried: true },
  'a token host that hangs at the start': { arrange: tokenHost({ kind: 'silence' }, 1), isDoubtful: true },
  'a token host that cuts its connection at the start': { arrange: tokenHost({ kind: 'disconnect', how: 'rst' }, 1), isDoubtful: true },
};

function answer(status: number, errorCode?: string, retryAfter?: number | Date): Fault<SandboxFcm>['arrange'] {
  const more = { ...(errorCode === undefined ? {} : { errorCode }), ...(retryAfter === undefined ? {} : { retryAfter }) };
  return (fcm) => fcm.misbehave({ kind: 'answer', status, ...more }, storm);
}

function tokenHost(told: TokenMisbehaviour, times: number): Fault<SandboxFcm>['arrange'] {
  return (fcm) => fcm.misbehaveTokens(told, { times });
}

for (const [name, fault] of Object.entries(faults))
  test(`${name}: of ${burstSize} pushes none is lost, none answered twice, none hangs`, async (context) => {
    const stage = await createFcmStage(context);
    fault.arrange(stage.sandbox);
    await checkBurst(buildBurst(stage, stage.create()), fault);
  });

test('an access token that expires in the middle: every push is sent once more at most, with the one new token', async (context) => {
  const answers: number[] = [];
  const stage = await createFcmStage(context, { onAnswer: ({ status }) => void answers.push(status) });
  stage.sandbox.misbehave({ kind: 'expire-token' }, middle);
  await checkBurst(buildBurst(stage, stage.create()), { arrange: () => undefined });
  assert.equal(stage.sandbox.tokenRequests.length, 2);
  const { 401: refused = 0, ...rest } = tally(answers.map(String));
  assert.ok(refused > 0);
  assert.deepEqual(rest, { 200: burstSize });
});

test('a token host that is down when a refresh is due: nobody waits for it while the old access token is good', async (context) => {
  const stage = await createFcmStage(context, { tokenLifeSeconds: 10 });
  const { sandbox } = stage;
  const provider = stage.create();
  assert.equal((await provider.push(buildFcmPush(), never)).kind, 'accepted');
  sandbox.misbehaveTokens({ kind: 'answer', status: 503 }, { times: 2 });
  // One push every now and then, until the refresh was due and failed.
  await pushUntil(provider, () => sandbox.tokenRequests.some(({ status }) => status === 503));
  const before = sandbox.pushes.length;
  const deliveries = await Promise.all(Array.from({ length: burstSize }, () => deliver(provider, buildFcmPush())));
  assert.deepEqual(tally(deliveries.map(({ outcome }) => outcome.kind)), { accepted: burstSize });
  assert.equal(sandbox.pushes[before]?.accessToken, 1);
  await pushUntil(provider, () => sandbox.pushes.at(-1)?.accessToken === 2);
  const answers = sandbox.tokenRequests.map(({ status }) => status);
  assert.deepEqual(answers, [200, 503, 503, 200]);
});

test('a token host that is down at the start says when to come back, and is not asked before', async (context) => {
  const { sandbox, create } = await createFcmStage(context);
  sandbox.misbehaveTokens({ kind: 'answer', status: 503, retryAfter: 2 });
  const provider = create();
  const outcomes = await Promise.all(Array.from({ length: 10 }, () => provider.push(buildFcmPush(), never)));
  for (const outcome of outcomes) {
    assert.ok(outcome.kind === 'retry' && (outcome.afterMs ?? 0) > 0 && (outcome.afterMs ?? 0) <= 2_000, JSON.stringify(outcome));
    assert.match(outcome.reason, /no access token: 503/);
  }
  assert.equal((await provider.push(buildFcmPush(), never)).kind, 'retry');
  assert.equal(sandbox.tokenRequests.length, 1);
  assert.equal((await deliver(provider, buildFcmPush())).outcome.kind, 'accepted');
  assert.equal(sandbox.tokenRequests.length, 2);
});

test('an assertion that is refused: rejected and not ready, in the words of the token host, until it is accepted', async (context) => {
  const { sandbox, create } = await createFcmStage(context);
  const refusal = { kind: 'answer', status: 400, error: 'invalid_grant', description: 'Invalid JWT Signature.' } as const;
  sandbox.misbehaveTokens(refusal, { times: 2 });
  const provider = create();
  const outcome = await provider.push(buildFcmPush(), never);
  assert.ok(outcome.kind === 'rejected' && outcome.reason.includes('invalid_grant: Invalid JWT Signature.'), JSON.stringify(outcome));
  const { ready, reason } = provider.status();
  assert.equal(ready, false);
  assert.match(reason ?? '', /invalid_grant: Invalid JWT Signature\./);
  const kinds = (await pushUntil(provider, ({ kind }) => kind === 'accepted')).map(({ kind }) => kind);
  assert.deepEqual(new Set(kinds), new Set(['rejected', 'accepted']));
  assert.equal(provider.status().ready, true);
  // Many pushes came meanwhile; the token host was asked three times.
  assert.deepEqual(
    sandbox.tokenRequests.map(({ status }) => status),
    [400, 400, 200],
  );
});

test('a call that gets no answer goes out once more, over another connection, and its caller does not wait for the first', async (context) => {
  const { sandbox, create } = await createFcmStage(context);
  const provider = create();
  sandbox.misbehave({ kind: 'silence' });
  const call = buildPush({ jingle: { sid: 'c1', action: 'propose', media: ['audio'] } }, { token: randomRegistrationToken() });
  assert.equal((await provider.push(call, never)).kind, 'accepted');
  assert.deepEqual([sandbox.pushes.length, sandbox.connections.total], [1, 2]);
});

function buildFcmPush() {
  return buildPush({ messageCount: 1, body: 'x' }, { token: randomRegistrationToken() });
}

function buildBurst({ sandbox, captured }: FcmStage, provider: Provider): Parameters<typeof checkBurst>[0] {
  return {
    provider,
    captured,
    pushes: Array.from({ length: burstSize }, buildFcmPush),
    nameOf: ({ token }) => token,
    readLedger: () => sandbox.pushes.map(({ token }) => token),
  };
}

/** One push after the other, until the condition holds; what came of them. */
async function pushUntil(provider: Provider, isEnough: (outcome: Outcome) => boolean): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const limit = Date.now() + limitMs;
  for (;;) {
    const outcome = await provider.push(buildFcmPush(), never);
    outcomes.push(outcome);
    if (isEnough(outcome)) return outcomes;
    assert.ok(Date.now() < limit, `not within ${limitMs} ms`);
    await setTimeout(pauseMs);
  }
}
