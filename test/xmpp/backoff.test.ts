import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { backoffMs, backoffTable } from '../../src/xmpp/link/backoff.ts';

const noJitter = () => 1;
const mostJitter = () => 0;

describe('the wait before the next try', () => {
  test('doubles with every failure up to its longest', () => {
    const waits = [0, 1, 2, 3, 6, 7, 100].map((failures) => backoffMs('lost', failures, backoffTable, noJitter));
    assert.deepEqual(waits, [250, 500, 1_000, 2_000, 16_000, 30_000, 30_000]);
  });

  test('is spread over its second half', () => {
    assert.equal(backoffMs('lost', 3, backoffTable, mostJitter), 1_000);
    assert.equal(
      backoffMs('lost', 3, backoffTable, () => 0.5),
      1_500,
    );
  });

  test('is short where the server restarts, and a few seconds at most for an instance that stands by', () => {
    assert.equal(backoffMs('shutdown', 0, backoffTable, noJitter), 250);
    assert.equal(backoffMs('conflict', 0, backoffTable, mostJitter), 1_000);
    assert.equal(backoffMs('conflict', 100_000, backoffTable, noJitter), 5_000);
  });
});
