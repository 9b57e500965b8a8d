import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { Notification } from '../../../src/index.ts';
import type { SandboxApns } from '../../../src/sandbox/apns/sandbox-apns.ts';
import { createStage } from './stage.ts';
import { burstSize, checkBurst, type Fault } from '../faults.ts';
import { buildPush, never, tally } from '../kit.ts';

interface ApnsFault extends Fault<SandboxApns> {
  /** With these credentials only. */
  readonly only?: 'token';
}

const faults: Readonly<Record<string, ApnsFault>> = {
  'one stream until the first accepted push': { arrange: (sandbox) => sandbox.adopt('limit-late') },
  'a limit that falls to one with each rejection': {
    arrange(sandbox) {
      sandbox.adopt('limit-falls');
      for (const after of [100, 200, 300]) sandbox.misbehave({ kind: 'answer', status: 400, reason: 'BadDeviceToken' }, { after });
    },
    refused: { gone: 3 },
  },
  'GOAWAY 0': { arrange: (sandbox) => sandbox.misbehave({ kind: 'goaway', code: 0 }, { after: 250 }) },
  'GOAWAY 0 with a reason, three times': {
    arrange(sandbox) {
      for (const after of [100, 200, 300]) sandbox.misbehave({ kind: 'goaway', code: 0, reason: 'Shutdown' }, { after });
    },
  },
  'GOAWAY 7': { arrange: (sandbox) => sandbox.misbehave({ kind: 'goaway', code: 7 }, { after: 250 }), isDoubtful: true },
  'GOAWAY 11': {
    arrange: (sandbox) => sandbox.misbehave({ kind: 'goaway', code: 11, reason: 'TooManyRequests' }, { after: 250 }),
    isDoubtful: true,
  },
  'GOAWAY 7 that disowns all but the first': {
    arrange: (sandbox) => sandbox.misbehave({ kind: 'goaway', code: 7, lastStreamId: 1 }, { after: 1 }),
  },
  RST: { arrange: (sandbox) => sandbox.misbehave({ kind: 'disconnect', how: 'rst' }, { after: 250 }), isDoubtful: true },
  FIN: { arrange: (sandbox) => sandbox.misbehave({ kind: 'disconnect', how: 'fin' }, { after: 250 }), isDoubtful: true },
  'a half-open connection': { arrange: (sandbox) => sandbox.misbehave({ kind: 'half-open' }, { after: 250 }), isDoubtful: true },
  'a frozen connection': { arrange: (sandbox) => sandbox.misbehave({ kind: 'freeze' }, { after: 250 }), isDoubtful: true },
  'streams that end without an answer': {
    arrange: (sandbox) => sandbox.misbehave({ kind: 'close-stream' }, { after: 250, times: 20 }),
    isDoubtful: true,
  },
  'refused streams': { arrange: (sandbox) => sandbox.misbehave({ kind: 'close-stream', code: 7 }, { after: 250, times: 20 }) },
  'slow answers': { arrange: (sandbox) => sandbox.misbehave({ kind: 'delay', ms: 400 }, { after: 100, times: 300 }) },
  'a storm of 429': { arrange: storm(429, 'TooManyRequests'), isRetried: true },
  'a storm of 500': { arrange: storm(500, 'InternalServerError'), isRetried: true },
  'a storm of 503': { arrange: storm(503, 'ServiceUnavailable'), isRetried: true },
  'broken JSON with 503': {
    arrange: (sandbox) => sandbox.misbehave({ kind: 'truncate', status: 503, reason: 'Shutdown' }, { after: 100, times: 50 }),
    isRetried: true,
  },
  'broken JSON with 400, which costs no device': {
    arrange: (sandbox) => sandbox.misbehave({ kind: 'truncate', status: 400, reason: 'BadDeviceToken' }, { after: 100, times: 5 }),
    refused: { rejected: 5 },
  },
  'an unknown reason with 400, which costs no device': {
    arrange: (sandbox) => sandbox.misbehave({ kind: 'answer', status: 400, reason: 'NeverHeardOf' }, { after: 100, times: 5 }),
    refused: { rejected: 5 },
  },
  'an unknown reason with 503': { arrange: storm(503, 'NeverHeardOf'), isRetried: true },
  'a provider token called expired': {
    arrange: (sandbox) => sandbox.misbehave({ kind: 'expire-token' }, { after: 250 }),
    isRetried: true,
    only: 'token',
  },
};

function storm(status: number, reason: string): ApnsFault['arrange'] {
  return (sandbox) => sandbox.misbehave({ kind: 'answer', status, reason }, { after: 100, times: 300 });
}

for (const kind of ['token', 'certificate'] as const)
  for (const [name, fault] of Object.entries(faults))
    if (fault.only === undefined || fault.only === kind)
      test(`by ${kind}, ${name}: of ${burstSize} pushes none is lost, none answered twice, none hangs`, async (context) => {
        const { sandbox, captured, create } = await createStage(context);
        fault.arrange(sandbox);
        const pushes = Array.from({ length: burstSize }, () => buildPush({ messageCount: 1, body: 'x' }));
        const readLedger = () => sandbox.pushes.map(({ id }) => id);
        await checkBurst({ provider: create(kind), captured, pushes, nameOf: ({ id }) => id, readLedger }, fault);
      });

test('a token refused as bad twice is kept from the service for a while; others are not', async (context: TestContext) => {
  const { sandbox, create } = await createStage(context);
  const provider = create('certificate');
  const push = buildPush({ messageCount: 1 });
  sandbox.markBad(push.token);
  for (let count = 0; count < 2; count += 1) assert.deepEqual(await provider.push(push, never), { kind: 'gone' });
  sandbox.revive(push.token);
  const outcome = await provider.push(push, never);
  assert.ok(outcome.kind === 'retry' && (outcome.afterMs ?? 0) > 0, JSON.stringify(outcome));
  assert.equal((await provider.push(buildPush({}), never)).kind, 'accepted');
  assert.equal(sandbox.pushes.length, 1);
});

test('many bad tokens in a row are all answered, over one connection, and good ones after them', async (context: TestContext) => {
  const { sandbox, create } = await createStage(context);
  const provider = create('certificate');
  const bad = Array.from({ length: 300 }, () => buildPush({}));
  for (const { token } of bad) sandbox.markBad(token);
  const good = Array.from({ length: 300 }, () => buildPush({}));
  const outcomes = await Promise.all([...bad, ...good].map((push) => provider.push(push, never)));
  assert.deepEqual(tally(outcomes.map(({ kind }) => kind)), { gone: 300, accepted: 300 });
  assert.equal(sandbox.connections.total, 1);
});

const calls: Readonly<Record<string, Partial<Notification>>> = {
  'an encrypted call': { encrypted: { payload: 'cGF5', iv: 'aXY=', type: 'voip' }, priority: 'high' },
  'a call in the clear': { jingle: { sid: 'c1', action: 'propose', media: ['audio'] } },
};

for (const [name, call] of Object.entries(calls))
  test(`${name} that gets no answer goes out once more, over another connection, long before its time is up`, async (context: TestContext) => {
    const { sandbox, create } = await createStage(context);
    const provider = create('token');
    sandbox.misbehave({ kind: 'silence' });
    assert.equal((await provider.push(buildPush(call), never)).kind, 'accepted');
    assert.deepEqual([sandbox.pushes.length, sandbox.connections.total], [1, 2]);
  });
