import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import test, { type TestContext } from 'node:test';
import type { Outcome, Provider, Push } from '../../src/index.ts';
import type { SandboxApns } from '../../src/sandbox/apns/sandbox-apns.ts';
import { createStage, type Stage } from './apns-stage.ts';
import { buildPush, never, tally } from './kit.ts';

const size = 600;
const pauseMs = 50;
const limitMs = 40_000;

/** A fault in the middle of a burst and what it may cost; what is not mentioned must not happen. */
interface Fault {
  arrange(sandbox: SandboxApns): void;
  /** Final outcomes beside accepted. */
  readonly refused?: Readonly<Record<string, number>>;
  /** Some pushes cannot but be in doubt. */
  readonly isDoubtful?: true;
  /** The service said so itself, and the caller tried again. */
  readonly isRetried?: true;
  /** With these credentials only. */
  readonly only?: 'token';
}

const faults: Readonly<Record<string, Fault>> = {
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

function storm(status: number, reason: string): Fault['arrange'] {
  return (sandbox) => sandbox.misbehave({ kind: 'answer', status, reason }, { after: 100, times: 300 });
}

for (const kind of ['token', 'certificate'] as const)
  for (const [name, fault] of Object.entries(faults))
    if (fault.only === undefined || fault.only === kind)
      test(`by ${kind}, ${name}: of ${size} pushes none is lost, none answered twice, none hangs`, async (context) => {
        const stage = await createStage(context);
        fault.arrange(stage.sandbox);
        await checkBurst(stage, stage.create(kind), fault);
      });

async function checkBurst({ sandbox, captured }: Stage, provider: Provider, fault: Fault): Promise<void> {
  const pushes = Array.from({ length: size }, () => buildPush({ messageCount: 1, body: 'x' }));
  const deliveries = await Promise.all(pushes.map((push) => deliver(provider, push)));
  const { accepted = 0, ...refused } = tally(deliveries.map(({ outcome }) => outcome.kind));
  assert.deepEqual(refused, fault.refused ?? {});
  await provider.close();

  // The ledger of the service: what the provider calls accepted is there, and nothing else.
  const told = new Set(pushes.filter((_, index) => deliveries[index]?.outcome.kind === 'accepted').map(({ id }) => id));
  const ledger = sandbox.pushes.map(({ id }) => id);
  assert.deepEqual(new Set(ledger), told);
  assert.equal(told.size, accepted);

  const { resentInDoubt, inDoubt } = readTraffic(captured.text());
  const doubled = ledger.length - told.size;
  assert.ok(doubled <= resentInDoubt + inDoubt, `${doubled} arrived twice, ${resentInDoubt} + ${inDoubt} were in doubt`);
  assert.equal(resentInDoubt > 0, fault.isDoubtful === true, `${resentInDoubt} in doubt`);
  assert.equal(inDoubt, 0);
  const retried = deliveries.filter(({ tries }) => tries > 1).length;
  assert.equal(retried > 0, fault.isRetried === true, `${retried} tried again`);
}

interface Delivery {
  readonly outcome: Outcome;
  readonly tries: number;
}

/** As a caller would: the same push again for as long as it is worth another try. */
async function deliver(provider: Provider, push: Push): Promise<Delivery> {
  const limit = Date.now() + limitMs;
  for (let tries = 1; ; tries += 1) {
    const outcome = await provider.push(push, never);
    if (outcome.kind !== 'retry' || Date.now() > limit) return { outcome, tries };
    await setTimeout(pauseMs);
  }
}

interface Traffic {
  readonly resentInDoubt: number;
  readonly inDoubt: number;
}

/** What the pools said when they closed. */
function readTraffic(text: string): Traffic {
  const lines = text.split('\n').map((line) => JSON.parse(line) as { readonly event: string } & Traffic);
  const closed = lines.filter(({ event }) => event === 'http2-traffic');
  assert.ok(closed.length > 0);
  return {
    resentInDoubt: closed.reduce((sum, line) => sum + line.resentInDoubt, 0),
    inDoubt: closed.reduce((sum, line) => sum + line.inDoubt, 0),
  };
}

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
