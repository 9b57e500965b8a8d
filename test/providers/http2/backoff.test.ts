import assert from 'node:assert/strict';
import test from 'node:test';
import { createBackoff } from '../../../providers/http2/connect/backoff.ts';

test('the wait after failures doubles from one second to twenty, each with up to half taken off', () => {
  const clock = { now: 1_000_000 };
  const backoff = createBackoff(() => clock.now);
  assert.equal(backoff.waitMs(), 0);
  for (const fullMs of [1, 2, 4, 8, 16, 20, 20, 20].map((seconds) => seconds * 1000)) {
    backoff.failed();
    const waitMs = backoff.waitMs();
    assert.ok(waitMs >= fullMs / 2 && waitMs <= fullMs, `${waitMs} of ${fullMs}`);
    clock.now += waitMs;
    assert.ok(backoff.waitMs() <= 0);
  }
});

test('after a success the first failure waits a second again', () => {
  const backoff = createBackoff(() => 0);
  for (let count = 0; count < 8; count += 1) backoff.failed();
  backoff.succeeded();
  assert.equal(backoff.waitMs(), 0);
  backoff.failed();
  assert.ok(backoff.waitMs() <= 1_000);
});
