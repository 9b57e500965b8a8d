import assert from 'node:assert/strict';
import { test } from 'node:test';
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
