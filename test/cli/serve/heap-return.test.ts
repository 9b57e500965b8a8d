import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createReturn } from '../../../src/cli/serve/heap-return.ts';

const megabyte = 1024 * 1024;
const rested = 60_000;

/** A heap of which `collect` gives back everything that is not `live`. */
function createHeap() {
  const state = { live: 30 * megabyte, total: 40 * megabyte, load: 0, now: 0, collected: 0 };
  const parts = {
    collect: () => {
      state.collected += 1;
      state.total = state.live + 2 * megabyte;
    },
    readSize: () => state.total,
    readLoad: () => state.load,
    now: () => state.now,
  };
  const heap = createReturn(parts);
  heap.start();
  state.collected = 0;
  state.now = rested;
  return { state, look: heap.look };
}

describe('what the heap grew to under a load', () => {
  test('is given back when the load is over', () => {
    const { state, look } = createHeap();
    Object.assign(state, { total: 260 * megabyte, load: 0.9 });
    look();
    assert.equal(state.collected, 0, 'not while the load lasts');
    state.load = 0.01;
    look();
    assert.deepEqual([state.collected, state.total], [1, 32 * megabyte]);
  });

  test('is kept where it is little', () => {
    const { state, look } = createHeap();
    state.total = 60 * megabyte;
    look();
    assert.equal(state.collected, 0);
  });

  test('is kept for a minute after the last time: loads that come and go are not stopped each time', () => {
    const { state, look } = createHeap();
    for (const [now, collected] of [
      [rested, 1],
      [rested + 30_000, 1],
      [2 * rested, 2],
    ] as const) {
      Object.assign(state, { now, total: 260 * megabyte });
      look();
      assert.equal(state.collected, collected);
    }
  });

  test('is not looked for again where it is in use: a million devices stay in memory', () => {
    const { state, look } = createHeap();
    Object.assign(state, { live: 300 * megabyte, total: 330 * megabyte });
    look();
    state.now += rested;
    look();
    assert.equal(state.collected, 1);
  });
});
