import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog } from '../../src/log/log.ts';
import { ProviderGuard } from '../../src/push/guard/provider-guard.ts';
import { busy } from '../../src/push/guard/untried.ts';
import type { Outcome, Provider, Push } from '../../src/push/provider/provider.ts';
import { emptyNotification } from '../../src/index.ts';
import { rubbish } from './bad-providers/rubbish-outcomes.ts';

const moment = new Date(0);
const push: Push = {
  id: '7f3f4f6e-0000-4000-8000-000000000000',
  account: 'anna@example.net',
  token: 'a-device-token',
  secondToken: undefined,
  registeredAt: moment,
  remembered: undefined,
  expiresAt: moment,
  notification: emptyNotification,
};
const never = new AbortController().signal;

function guard(parts: Partial<Provider>, share = 10) {
  const lines: string[] = [];
  const log = createLog('debug', { write: (line: string) => lines.push(line) });
  const provider: Provider = { push: async () => ({ kind: 'accepted' }), status: () => ({ ready: true }), close: async () => undefined };
  return { guarded: new ProviderGuard({ ...provider, ...parts }, { name: 'acme', share, log }), lines };
}

for (const [name, value] of Object.entries(rubbish))
  test(`settling with ${name} is the provider's bug: retry, and the place is free again`, async () => {
    const { guarded, lines } = guard({ push: async () => value() as Outcome });
    assert.equal((await guarded.push(push, never)).kind, 'retry');
    assert.equal(guarded.inFlight, 0);
    assert.match(lines.join(''), /provider-failed.*acme|acme.*provider-failed/);
  });

const accepted: Outcome = { kind: 'accepted' };
type Then = (onValue: (outcome: Outcome) => void, onError: (error: unknown) => void) => void;
/** What a provider may return in place of a promise, and what a `then` of its own may do. */
const thens: Readonly<Record<string, Then>> = {
  'throws at once': () => {
    throw new Error('no');
  },
  'calls back at once, and twice': (onValue) => {
    onValue(accepted);
    onValue(accepted);
  },
  'calls back both ways': (onValue, onError) => {
    onValue(accepted);
    onError(new Error('no'));
  },
};

for (const [does, then] of Object.entries(thens))
  for (const [what, given] of [
    ['thenable', () => ({ then })],
    ['promise', () => Object.assign(Promise.resolve(accepted), { then })],
  ] as const)
    test(`a ${what} whose then ${does} settles its push once, and gives back one place`, async () => {
      const { guarded } = guard({ push: () => given() as unknown as Promise<Outcome> });
      assert.ok(['accepted', 'retry'].includes((await guarded.push(push, never)).kind));
      await new Promise(setImmediate);
      assert.equal(guarded.inFlight, 0);
    });

test("a push that throws at once is the provider's bug: retry, its place was never taken", async () => {
  const { guarded, lines } = guard({
    push: () => {
      throw new Error('no');
    },
  });
  assert.equal((await guarded.push(push, never)).kind, 'retry');
  assert.deepEqual([guarded.inFlight, guarded.status().ready], [0, true]);
  assert.match(lines.join(''), /provider-failed/);
});

test('every real outcome comes through as it is', async () => {
  const outcomes: readonly Outcome[] = [
    { kind: 'accepted' },
    { kind: 'accepted', id: 'x', remember: 'y' },
    { kind: 'gone' },
    { kind: 'gone', since: moment },
    { kind: 'rejected', reason: 'BadTopic' },
    { kind: 'retry', reason: 'later', afterMs: 5 },
    { kind: 'retry', reason: 'later', onlyThis: true },
  ];
  for (const outcome of outcomes) assert.deepEqual(await guard({ push: async () => outcome }).guarded.push(push, never), outcome);
});

test('the words of a push do not come back in a reason', async () => {
  const { guarded } = guard({ push: async ({ token }) => ({ kind: 'rejected', reason: `no such device: ${token}` }) });
  assert.deepEqual(await guarded.push(push, never), { kind: 'rejected', reason: 'no such device: …' });
});

test('a push that ignores its signal is given up; its place stays taken until the provider settles it', async () => {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const { guarded } = guard({ push: () => promise }, 1);
  const controller = new AbortController();
  const outcome = guarded.push(push, controller.signal);
  controller.abort();
  assert.deepEqual(await outcome, { kind: 'retry', reason: 'the provider did not settle in time' });
  assert.equal(await guarded.push(push, never), busy);
  assert.deepEqual([guarded.inFlight, guarded.status().ready], [1, false]);
  resolve({ kind: 'accepted' });
  await promise;
  await new Promise(setImmediate);
  assert.deepEqual([guarded.inFlight, guarded.status().ready], [0, true]);
  assert.deepEqual(await guarded.push(push, never), { kind: 'accepted' });
});

test('a provider is told when its time is up, also where that was before it began', async () => {
  const { guarded } = guard({ push: async (_, signal) => ({ kind: 'retry', reason: String(signal.aborted) }) });
  const reason = async (signal: AbortSignal) => ((await guarded.push(push, signal)) as { reason: string }).reason;
  assert.deepEqual([await reason(never), await reason(AbortSignal.abort())], ['false', 'true']);
});

test('a status that is none, or throws, says that the provider is not ready', () => {
  const bug = () => assert.fail('a bug');
  const ends = [undefined, 42, {}, { ready: 'yes' }, { ready: true, credentialExpiresAt: new Date(NaN) }, { ready: true, sessions: '1' }];
  for (const status of [...ends.map((end) => () => end as never), bug]) assert.equal(guard({ status }).guarded.status().ready, false);
});

test('an end that never comes, or throws, is an end with an error', async () => {
  await assert.rejects(guard({ close: () => new Promise(() => undefined) }).guarded.close(), { name: 'TimeoutError' });
  await assert.rejects(guard({ close: () => assert.fail('a bug') }).guarded.close(), /a bug/);
});

test('a verdict on a token comes through as it is, and a provider without one takes every text', () => {
  const verdicts = [
    { kind: 'token', token: 'tidy' },
    { kind: 'refused', reason: 'looks like a token of FCM' },
  ] as const;
  for (const verdict of verdicts) assert.deepEqual(guard({ checkToken: () => verdict }).guarded.checkToken('text'), verdict);
  assert.deepEqual(guard({}).guarded.checkToken(' any text '), { kind: 'token', token: ' any text ' });
});

test('a verdict on an address comes through as it is; nonsense, a bug and a provider without one are no address of its own', () => {
  const address = { kind: 'address', token: 't', secondToken: undefined, remembered: 'sandbox', credentials: 'ours' } as const;
  const read = (readAddress?: () => unknown) =>
    guard(readAddress === undefined ? {} : { readAddress: readAddress as () => undefined }).guarded.readAddress(
      'https://push.example/secret',
    );
  assert.deepEqual(
    read(() => address),
    address,
  );
  assert.deepEqual(
    read(() => ({ kind: 'refused', reason: 'https://push.example/secret is not ours' })),
    { kind: 'refused', reason: '… is not ours' },
  );
  const nonsense = [42, 'address', {}, { ...address, token: '' }, { ...address, token: 7 }, { ...address, credentials: 'mine' }];
  for (const value of [...nonsense, { ...address, secondToken: '' }, { kind: 'refused' }, Promise.reject(new Error('late'))])
    assert.equal(
      read(() => value),
      undefined,
    );
  assert.deepEqual([read(() => assert.fail('a bug')), read(() => undefined), read()], [undefined, undefined, undefined]);
});

test('a reason why a text is no token is one short line without the text', () => {
  const { guarded } = guard({ checkToken: (text) => ({ kind: 'refused', reason: `is no token: ${text.trim()}, ${'x'.repeat(300)}\n` }) });
  const verdict = guarded.checkToken(' a-token-of-somebody ');
  assert.deepEqual(verdict, { kind: 'refused', reason: `is no token: …, ${'x'.repeat(300)}`.slice(0, 200) + '…' });
});

test('advice on a reason is one short line, and a provider that throws or says nonsense has none', () => {
  const advice = (advise?: unknown) =>
    guard(advise === undefined ? {} : { advise: advise as () => string }).guarded.advise('503 ServiceUnavailable');
  assert.equal(advice(() => 'try\nagain'), 'try again'); // prettier-ignore
  assert.equal(advice(() => 'x'.repeat(10_000))?.length, 500);
  for (const nonsense of [undefined, () => undefined, () => 42, () => '', () => Promise.resolve('x'), () => assert.fail('a bug')])
    assert.equal(advice(nonsense), undefined); // prettier-ignore
});
