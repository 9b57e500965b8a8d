import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TokenBuckets } from '../../src/base/token-buckets.ts';

test('a key has a minute’s allowance, and is told when there is more', () => {
  const buckets = new TokenBuckets(2);
  assert.deepEqual([buckets.take('a', 0), buckets.take('a', 0)], [0, 0]);
  assert.equal(buckets.take('a', 0), 30_000);
  assert.equal(buckets.take('a', 15_000), 15_000);
  assert.equal(buckets.take('a', 30_000), 0);
  assert.equal(buckets.take('a', 30_000), 30_000);
});

test('one key does not cost another', () => {
  const buckets = new TokenBuckets(1);
  assert.deepEqual([buckets.take('a', 0), buckets.take('b', 0)], [0, 0]);
  assert.ok(buckets.take('a', 0) > 0);
});

test('a pause fills a bucket only to its brim', () => {
  const buckets = new TokenBuckets(2);
  assert.equal(buckets.take('b', 0), 0);
  assert.deepEqual([1, 2, 3].map(() => buckets.take('b', 3_600_000)).map(Boolean), [false, false, true]);
});

test('what is given back can be taken again, and no more than a minute holds', () => {
  const buckets = new TokenBuckets(2);
  buckets.giveBack('unknown');
  buckets.take('a', 0);
  buckets.take('a', 0);
  buckets.giveBack('a');
  assert.deepEqual([buckets.take('a', 0), buckets.take('a', 0) > 0], [0, true]);
  for (let times = 0; times < 5; times += 1) buckets.giveBack('a');
  assert.deepEqual([buckets.take('a', 0), buckets.take('a', 0), buckets.take('a', 0) > 0], [0, 0, true]);
});
