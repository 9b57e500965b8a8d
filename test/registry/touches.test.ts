import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { createTouches } from '../../src/registry/devices/touches.ts';
import { silent } from './suites/registry-suite.ts';

test('what could not be written stays noted for the next time', async () => {
  const writes: string[][] = [];
  let isDown = true;
  const write = (nodes: readonly string[]): Promise<void> => {
    if (isDown) return Promise.reject(new Error('down'));
    writes.push([...nodes]);
    return Promise.resolve();
  };
  const touches = createTouches(100, write, silent);
  touches.touch('a');
  touches.touch('b');
  await assert.rejects(touches.flush(), /down/);
  isDown = false;
  touches.touch('a');
  await touches.close();
  assert.deepEqual(writes, [['a', 'b']]);
});

test('while nothing can be written, no more is noted than the bound', async () => {
  const written: string[] = [];
  const touches = createTouches(3, (nodes) => Promise.resolve(written.push(...nodes)), silent);
  for (let i = 0; i < 100; i += 1) touches.touch(`n${i}`);
  await touches.close();
  assert.deepEqual(written, ['n0', 'n1', 'n2']);
});

test('many devices are written in portions', async () => {
  const sizes: number[] = [];
  const touches = createTouches(20_000, (nodes) => Promise.resolve(sizes.push(nodes.length)), silent);
  for (let i = 0; i < 12_000; i += 1) touches.touch(`n${i}`);
  await touches.close();
  assert.deepEqual(sizes, [5000, 5000, 2000]);
});

test('a device is written once a day, however often it is of use', async () => {
  const written: string[] = [];
  const touches = createTouches(10, (nodes) => Promise.resolve(written.push(...nodes)), silent);
  const hourMs = 3_600_000;
  let now = performance.now();
  const clock = mock.method(performance, 'now', () => now);
  try {
    for (let hour = 0; hour < 48; hour += 1, now += hourMs) {
      touches.touch('a');
      if (hour === 5) touches.touch('b');
      await touches.flush();
    }
  } finally {
    clock.mock.restore();
  }
  await touches.close();
  assert.deepEqual(written, ['a', 'b', 'a']);
});

test('what is written of a day is bounded: the device unused longest is written again', async () => {
  const written: string[] = [];
  const touches = createTouches(2, (nodes) => Promise.resolve(written.push(...nodes)), silent);
  for (const node of ['a', 'b', 'a', 'c', 'a', 'b']) {
    touches.touch(node);
    await touches.flush();
  }
  await touches.close();
  assert.deepEqual(written, ['a', 'b', 'c', 'b']);
});
