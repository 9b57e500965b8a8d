import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import { chooseGrowingPercent, keepHeapSmall } from '../../../src/cli/serve/heap.ts';

test('what the start left behind is collected, and nobody can collect at will afterwards', async () => {
  const leftBehind = new WeakRef({ modules: 'read once' });
  // What a WeakRef was made for lives until the end of the turn.
  await nextTurn();
  keepHeapSmall();
  assert.equal(leftBehind.deref(), undefined);
  assert.equal(runInNewContext('typeof gc'), 'undefined');
});

test('a small heap may double, a large one grows by as many bytes, and the largest by a fifth', () => {
  const mb = 1024 * 1024;
  assert.deepEqual(
    [20, 128, 256, 512, 10_000].map((used) => chooseGrowingPercent(used * mb)),
    [100, 100, 50, 25, 20],
  );
});
