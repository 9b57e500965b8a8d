import assert from 'node:assert/strict';
import { test } from 'node:test';
import { History } from '../../src/admin/history/history.ts';
import type { Snapshot } from '../../src/admin/history/snapshot.ts';
import { quantileOf, Ring } from '../../src/admin/history/ring.ts';

const start = 1_800_000_000;
const bounds = [0.01, 0.1, 1, Infinity];

function snapshot(publishes: number, changes: Partial<Snapshot['totals']> = {}, waiting = 0): Snapshot {
  const none = { accepted: 0, gone: 0, retried: 0, rejected: 0, deadTokens: 0 };
  const answersWithin = bounds.map(() => publishes);
  return { totals: { publishes, results: publishes, ...none, answerBounds: bounds, answersWithin, ...changes }, waiting };
}

test('each step has what happened in it, and the level at its end', () => {
  const history = new History();
  assert.equal(history.add(start, snapshot(100)), undefined);
  const point = history.add(start + 1, snapshot(107, { results: 105, gone: 2 }, 3));
  assert.deepEqual(
    { ...point },
    { at: start + 1, publishes: 7, results: 5, refusals: 2, accepted: 0, gone: 2, retried: 0, rejected: 0, deadTokens: 0, answerP50: 5, answerP99: 9.9, waiting: 3 },
  ); // prettier-ignore
  history.add(start + 2, snapshot(107, { results: 105, gone: 2 }, 1));
  const { from, step, series } = history.read('5m', start + 2);
  assert.deepEqual([from, step], [start + 2 - 300, 1]);
  assert.deepEqual(series.publishes.slice(-2), [null, 7]);
  assert.deepEqual(series.refusals.slice(-1), [2]);
  assert.deepEqual(series.waiting.slice(-1), [3]);
});

test('longer steps add up what the seconds had', () => {
  const history = new History();
  history.add(start, snapshot(0));
  for (let second = 1; second <= 620; second += 1) history.add(start + second, snapshot(second * 2));
  assert.deepEqual(history.read('1h', start + 620).series.publishes.slice(-3), [20, 20, 20]);
  assert.deepEqual(history.read('1d', start + 620).series.publishes.slice(-3), [null, 598, 600]);
  assert.deepEqual(history.read('5m', start + 620).series.publishes, Array(300).fill(2));
});

test('where the machine slept nothing is known, however long it was', () => {
  for (const [asleep, left] of [
    [10, [1, 1, 1]],
    [299, [1, 1]],
    [300, [1]],
    [301, []],
    [100_000, []],
  ] as const) {
    const history = new History();
    history.add(start, snapshot(0));
    for (const second of [1, 2, 3]) history.add(start + second, snapshot(second));
    history.add(start + 3 + asleep, snapshot(9));
    const { series } = history.read('5m', 0);
    const known = series.publishes.filter((value) => value !== null);
    assert.deepEqual([series.publishes.length, known], [300, left], String(asleep));
  }
});

test('a clock that is set back begins anew, and shows no step twice', () => {
  const history = new History();
  history.add(start, snapshot(0));
  for (const second of [1, 2, 3]) history.add(start + second, snapshot(second));
  history.add(start - 3_600, snapshot(4));
  history.add(start - 3_599, snapshot(5));
  const { from, series } = history.read('5m', 0);
  assert.equal(from, start - 3_599 - 300);
  assert.deepEqual(series.publishes.filter((value) => value !== null), [1]); // prettier-ignore
});

test('its memory is the same after a year', () => {
  const ring = new Ring({ size: 10, stepSeconds: 1, counters: 1, bounds });
  for (let second = 0; second < 5_000; second += 1) ring.add(start + second, { counts: [second], buckets: [0, 0, 0, 0], level: 0 });
  assert.deepEqual(ring.read(0).columns[0], [4989, 4990, 4991, 4992, 4993, 4994, 4995, 4996, 4997, 4998]);
});

test('a quantile lies in its bucket, at the last bound where there is no upper one, and is unknown without an answer', () => {
  assert.equal(Math.round(quantileOf(0.5, [0, 10, 0, 0], bounds)), 55);
  assert.equal(quantileOf(0.99, [99, 0, 1, 0], bounds), 10);
  assert.equal(quantileOf(0.5, [0, 0, 0, 4], bounds), 1_000);
  assert.ok(Number.isNaN(quantileOf(0.5, [0, 0, 0, 0], bounds)));
});
