import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { DeadTokenBreaker, type BreakerLimits } from '../../src/push/dispatch/dead-token-breaker.ts';

const minuteMs = 60_000;
const limits: BreakerLimits = { outcomes: 40, windowMs: 60 * minuteMs, dead: 20, longestOpenMs: Infinity };

function create(changes: Partial<BreakerLimits> = {}) {
  const clock = { now: 0 };
  const turns: string[] = [];
  const breaker = new DeadTokenBreaker(
    { ...limits, ...changes },
    () => clock.now,
    (isOpen) => turns.push(isOpen ? 'opened' : 'closed'),
  );
  const accept = (count: number) => {
    for (let i = 0; i < count; i += 1) breaker.accepted();
  };
  /** How many of these dead tokens may be dropped. */
  const refuse = (count: number) => Array.from({ length: count }, () => breaker.refused(randomUUID())).filter(Boolean).length;
  return { clock, turns, breaker, accept, refuse };
}

test('single dead tokens among accepted pushes are dropped, however many over time', () => {
  const { turns, accept, refuse } = create();
  for (let round = 0; round < 500; round += 1) {
    accept(1);
    assert.equal(refuse(1), 1);
  }
  assert.deepEqual(turns, []);
});

test('of 500 dead tokens at once 20 are dropped, and the opening is told once', () => {
  const { turns, refuse, breaker } = create();
  assert.equal(refuse(500), 20);
  assert.equal(breaker.isOpen, true);
  assert.deepEqual(turns, ['opened']);
});

test('nobody opens it alone, however many dead tokens he has', () => {
  const { breaker, turns } = create();
  for (let count = 0; count < 500; count += 1) assert.equal(breaker.refused('mallory@example.net'), true);
  assert.deepEqual(turns, []);
});

test('a long good past delays the opening only until more than half of the last 40 are dead', () => {
  const { accept, refuse } = create();
  accept(100_000);
  assert.equal(refuse(500), 20);
});

test('dead tokens that come slowly are no mass', () => {
  const { clock, turns, breaker } = create();
  for (let count = 0; count < 100; count += 1) {
    clock.now += 4 * minuteMs;
    assert.equal(breaker.refused(randomUUID()), true);
  }
  assert.deepEqual(turns, []);
});

test('it closes when pushes are accepted again, and tokens refused once more are dropped then', () => {
  const { turns, accept, refuse, breaker } = create();
  refuse(100);
  accept(30);
  assert.equal(breaker.isOpen, false);
  assert.deepEqual(turns, ['opened', 'closed']);
  assert.equal(refuse(15), 15);
});

test('a few accepted pushes among many dead tokens do not close it', () => {
  const { breaker, refuse } = create();
  refuse(100);
  for (let round = 0; round < 100; round += 1) {
    breaker.accepted();
    assert.equal(refuse(1), 0);
  }
  assert.equal(breaker.isOpen, true);
});

test('where pushes are rare, one accepted five minutes after the last dead token closes it', () => {
  const { clock, breaker, refuse } = create();
  refuse(30);
  clock.now += 4 * minuteMs;
  breaker.accepted();
  assert.equal(breaker.isOpen, true);
  clock.now += minuteMs;
  breaker.accepted();
  assert.equal(breaker.isOpen, false);
});

test('time alone does not close it: what comes next is refused as a probe', () => {
  const { clock, refuse } = create();
  refuse(30);
  clock.now += 7 * 24 * 60 * minuteMs;
  assert.equal(refuse(30), 0);
});

test('with a longest time it closes by itself, and opens again when the mass goes on', () => {
  const { clock, turns, refuse } = create({ longestOpenMs: 15 * minuteMs });
  refuse(30);
  clock.now += 15 * minuteMs;
  assert.equal(refuse(100), 20);
  assert.deepEqual(turns, ['opened', 'closed', 'opened']);
});
