import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Book, type Answer, type Kind } from '../../bench/endurance/book.ts';
import type { Device } from '../../bench/endurance/device.ts';
import { judge, type Absence, type Fate } from '../../bench/endurance/fates.ts';
import type { Sample } from '../../bench/endurance/report/sampler.ts';
import { isFlat, slopeMbPerMinute } from '../../bench/endurance/report/window.ts';

/** What a made-up publish met with; it is answered 10 ms after it was sent. */
interface Told {
  readonly device?: number;
  readonly kind?: Kind;
  readonly sentAt?: number;
  readonly answer?: Answer;
  readonly tookMs?: number;
  readonly accepted?: boolean;
}

interface Scene {
  readonly endedAt?: number;
  readonly absences?: readonly Absence[];
  readonly waiting?: readonly string[];
}

/** Of publishes to one of two devices; what ends is the first. */
function fatesOf({ endedAt, absences = [], waiting = [] }: Scene, ...history: readonly Told[]): readonly Fate[] {
  const devices = [0, 1].map((index): Device => ({
    index,
    owner: '',
    service: 'apns',
    token: '',
    node: `node-${index}`,
    endedAt: index === 0 ? endedAt : undefined,
  }));
  const book = new Book();
  for (const told of history) {
    const { device = 0, kind = 'message', sentAt = book.length * 100, answer = 'result', tookMs = 10, accepted = false } = told;
    const id = book.published(device, kind, sentAt);
    if (answer !== 'none') book.answered(id, answer, sentAt + tookMs);
    if (accepted) book.accepted(id);
  }
  return judge(book, { devices, absences, waiting: new Set(waiting), voipTtlMs: 30_000, deadlineMs: 20_000 });
}

describe('the book of the endurance runs', () => {
  test('names a result behind which nothing arrived', () => {
    assert.deepEqual(fatesOf({}, { accepted: true }, {}, { device: 1, accepted: true }), ['delivered', 'lost', 'delivered']);
  });

  test('takes for a replacement only what is newer, of the same kind and for the same device', () => {
    assert.deepEqual(fatesOf({}, {}, { accepted: true }), ['replaced', 'delivered']);
    assert.deepEqual(fatesOf({}, {}, { kind: 'update', accepted: true }), ['lost', 'delivered']);
  });

  test('lets a call expire only where its service was away for all of its life', () => {
    const absences: readonly Absence[] = [{ service: 'apns', from: 100_000, to: 200_000 }];
    const call = (sentAt: number): Told => ({ kind: 'call', sentAt });
    assert.deepEqual(fatesOf({ absences }, call(120_000)), ['expired']);
    assert.deepEqual(fatesOf({ absences }, call(195_000)), ['lost'], 'it was alive when the service was back');
    assert.deepEqual(fatesOf({ absences }, call(10_000)), ['lost'], 'the service was there');
    assert.deepEqual(fatesOf({ absences }, { sentAt: 120_000 }), ['lost'], 'a message waits');
  });

  test('tells a device that went from one that was removed alive', () => {
    assert.deepEqual(fatesOf({ endedAt: 0 }, { answer: 'item-not-found' }), ['gone']);
    assert.deepEqual(fatesOf({}, { answer: 'item-not-found' }), ['removed']);
    assert.deepEqual(fatesOf({ endedAt: 50 }, { sentAt: 0 }), ['gone']);
    assert.deepEqual(fatesOf({ endedAt: 1_000_000 }, { sentAt: 0 }), ['lost'], 'long before the device went');
  });

  test('finds what was answered late, wrongly or not at all', () => {
    const answers = [
      { tookMs: 21_000, accepted: true },
      { answer: 'other' },
      { answer: 'none' },
      { answer: 'link-lost' },
      { answer: 'wait' },
    ] as const;
    assert.deepEqual(fatesOf({}, ...answers), ['unanswered', 'wrong answer', 'unanswered', 'link-lost', 'refused']);
  });

  test('finds what still waits in the database', () => {
    assert.deepEqual(fatesOf({ waiting: ['node-1'] }, {}, { device: 1 }), ['lost', 'waiting']);
  });

  test('keeps more publishes than it had room for at first', () => {
    const book = new Book();
    for (let id = 0; id < 40_000; id += 1) book.published(id % 7, 'call', id);
    assert.equal(book.answered(39_999, 'result', 40_000), true);
    assert.equal(book.answered(39_999, 'wait', 50_000), false);
    assert.deepEqual(book.find(39_999), {
      id: 39_999,
      device: 39_999 % 7,
      kind: 'call',
      sentAt: 39_999,
      answer: 'result',
      answeredAt: 40_000,
      accepted: 0,
    });
    assert.equal(book.open, 39_999);
  });
});

test('memory that grew by more than a tenth, and by more than the slack, is not flat', () => {
  assert.deepEqual(
    [isFlat(300, 329, 0), isFlat(300, 331, 0), isFlat(100, 119, 20), isFlat(100, 121, 20), isFlat(300, 200, 0)],
    [true, false, true, false, true],
  );
});

test('the slope of memory is that of the line of least squares', () => {
  const samples = [100, 103, 102, 105].map((rssMb, minute) => ({ at: minute * 60_000, rssMb })) as unknown as readonly Sample[];
  assert.ok(Math.abs(slopeMbPerMinute(samples) - 1.4) < 1e-9);
});
