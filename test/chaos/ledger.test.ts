import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { countDoubles, countLateCalls, judge, type Evidence, type Fate } from '../../bench/chaos/report/judge.ts';
import { Ledger, type Answer, type Content } from '../../bench/chaos/report/ledger.ts';
import { listViolations } from '../../bench/chaos/report/report.ts';
import type { Window } from '../../bench/chaos/report/windows.ts';

const result: Answer = { kind: 'result' };
const error = (type: string, condition: string): Answer => ({ kind: 'error', type, condition });
const evidence = { waiting: new Set<string>(), deadlineMs: 1_000 };

/** What a made-up publish met with. */
interface Told extends Partial<Content> {
  readonly node?: string;
  readonly link?: number;
  readonly sentAt?: number;
  readonly answer?: Answer;
  readonly answeredAt?: number;
  readonly excusedMs?: number;
  readonly pushed?: number;
  readonly pushedAt?: number;
}

function write(...history: readonly Told[]): Ledger {
  const ledger = new Ledger();
  for (const told of history) {
    const { node = 'anna', link = 1, sentAt = ledger.publishes.length * 100, answer, kind = 'message', service = 'apns' } = told;
    const { answeredAt = sentAt + 10, excusedMs, pushed = 0, pushedAt = sentAt + 1_000 } = told;
    const id = ledger.published(node, link, sentAt, { kind, service });
    if (answer !== undefined) ledger.ended(id, answer, answeredAt, excusedMs);
    for (let times = 0; times < pushed; times += 1) ledger.pushed(id, pushedAt);
  }
  return ledger;
}

const fatesOf = (...history: readonly Told[]): readonly Fate[] => judge(write(...history), evidence);

describe('the ledger of the chaos suite', () => {
  test('names a result behind which nothing arrived', () => {
    const fates = fatesOf({ answer: result, pushed: 1 }, { answer: result }, { node: 'boris', answer: result, pushed: 1 });
    assert.deepEqual(fates, ['delivered', 'lost', 'delivered']);
    assert.deepEqual(listViolations(fates), ['1 lost: publish 1']);
  });

  test('is content where a push published later to the same device arrived', () => {
    assert.deepEqual(fatesOf({ answer: result }, { answer: result, pushed: 1 }), ['replaced', 'delivered']);
  });

  test('is not content where only an earlier one arrived', () => {
    assert.deepEqual(fatesOf({ answer: result, pushed: 1 }, { answer: result }), ['delivered', 'lost']);
  });

  test('does not take a push to another device for a replacement', () => {
    assert.deepEqual(fatesOf({ answer: result }, { node: 'boris', answer: result, pushed: 1 }), ['lost', 'delivered']);
  });

  test('does not take a push of another kind for a replacement', () => {
    const fates = fatesOf({ answer: result }, { answer: result, kind: 'update', pushed: 1 }, { answer: result, kind: 'call', pushed: 1 });
    assert.deepEqual(fates, ['lost', 'delivered', 'delivered']);
    assert.deepEqual(fatesOf({ answer: result, kind: 'update' }, { answer: result, kind: 'update', pushed: 1 }), ['replaced', 'delivered']);
  });

  test('leaves open which of two is newer that were under way at once over two connections', () => {
    const slow = { link: 1, sentAt: 0, answer: result, answeredAt: 500, pushed: 1 };
    assert.deepEqual(fatesOf(slow, { link: 2, sentAt: 100, answer: result }), ['delivered', 'overtaken']);
    assert.deepEqual(fatesOf(slow, { link: 1, sentAt: 100, answer: result }), ['delivered', 'lost']);
    assert.deepEqual(fatesOf({ ...slow, answeredAt: 50 }, { link: 2, sentAt: 100, answer: result }), ['delivered', 'lost']);
    assert.deepEqual(fatesOf({ ...slow, pushedAt: 90 }, { link: 2, sentAt: 100, answer: result }), ['delivered', 'lost']);
  });

  test('finds what still waits in the database', () => {
    assert.deepEqual(judge(write({ answer: result }), { ...evidence, waiting: new Set(['anna message']) }), ['waiting']);
    assert.deepEqual(judge(write({ answer: result }), { ...evidence, waiting: new Set(['anna call', 'boris message']) }), ['lost']);
  });

  test('names a device that was called gone, and every answer that costs registrations', () => {
    const fates = fatesOf(
      { answer: error('wait', 'internal-server-error') },
      { answer: error('cancel', 'item-not-found') },
      { answer: error('cancel', 'internal-server-error') },
      { answer: error('wait', 'resource-constraint') },
    );
    assert.deepEqual(fates, ['refused', 'removed', 'wrong answer', 'wrong answer']);
    assert.deepEqual(listViolations(fates), ['1 removed: publish 1', '2 wrong answer: publish 2, 3']);
  });

  test('names what was never answered, and what was answered too late', () => {
    const fates = fatesOf({}, { answer: result, answeredAt: 2_000, pushed: 1 }, { answer: { kind: 'link-lost' } });
    assert.deepEqual(fates, ['unanswered', 'unanswered', 'link-lost']);
  });

  test('does not count time in which it kept the answer from coming', () => {
    assert.deepEqual(fatesOf({ sentAt: 0, answer: result, answeredAt: 5_000, excusedMs: 4_500, pushed: 1 }), ['delivered']);
  });

  test('counts pushes that arrived more than once', () => {
    const ledger = write({ answer: result, pushed: 3 }, { answer: result, pushed: 1 });
    assert.deepEqual(countDoubles(ledger), { doubles: 2, perMillion: 1_000_000 });
  });

  test('counts calls that were accepted after their time', () => {
    const ledger = write({ answer: result, kind: 'call', pushed: 1, pushedAt: 40_000 }, { answer: result, kind: 'call', pushed: 1 });
    assert.equal(countLateCalls(ledger, 30_000), 1);
    const kept = write({ answer: result, kind: 'call', pushed: 1, answeredAt: 21_000, excusedMs: 20_000, pushedAt: 40_000 });
    assert.equal(countLateCalls(kept, 30_000), 0);
  });
});

describe('a call that never arrived', () => {
  const call: Told = { kind: 'call', sentAt: 0, answer: result };
  const outage: Window = { kind: 'outage 503', part: 'apns', from: 0, to: 12_000 };
  const judgeCall = (told: Told, ...windows: readonly Window[]): Fate | undefined => {
    const withExpiry: Evidence = { ...evidence, expiry: { windows, callMs: 30_000 } };
    return judge(write(told), withExpiry)[0];
  };

  test('has expired where its service was down for as long as it lived', () => {
    assert.equal(judgeCall(call, { ...outage, to: 31_000 }), 'expired');
  });

  test('has expired where one fault followed the other', () => {
    assert.equal(judgeCall(call, outage, { kind: 'database restart', part: 'database', from: 27_000, to: 29_000 }), 'expired');
    assert.equal(judgeCall(call, { kind: 'kill -9', part: 'instance-b', from: -1_000, to: 1_000 }), 'expired');
  });

  test('is lost where nothing was broken, or not for long enough', () => {
    assert.equal(judgeCall(call), 'lost');
    assert.equal(judgeCall(call, { ...outage, to: 2_000 }), 'lost');
    assert.equal(judgeCall(call, { ...outage, from: 15_000, to: 40_000 }), 'lost');
  });

  test('does not grow older while it was kept from the program', () => {
    const kept = { ...call, answeredAt: 25_000, excusedMs: 24_000 };
    assert.equal(judgeCall(kept), 'lost');
    assert.equal(judgeCall(kept, { ...outage, from: 24_000, to: 60_000 }), 'expired');
  });

  test('is lost where only something else was broken', () => {
    assert.equal(judgeCall(call, { ...outage, part: 'fcm', to: 31_000 }), 'lost');
    assert.equal(judgeCall(call, { kind: 'server stops reading', part: 'instance-a', from: 0, to: 31_000 }), 'lost');
  });

  test('is lost where only a clock was wrong by so much that it must be noticed', () => {
    const behind: Window = { kind: 'clock behind', part: 'instance-a', from: 0, to: 31_000 };
    assert.equal(judgeCall(call, { ...behind, jumpMs: 60_000 }), 'lost');
    assert.equal(judgeCall(call, { ...behind, jumpMs: 12_000 }), 'expired');
  });

  test('is lost where it was a message: those live for hours', () => {
    assert.equal(judgeCall({ ...call, kind: 'message' }, { ...outage, to: 31_000 }), 'lost');
  });
});
