import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findCircles } from './find-circles.ts';

const arrows = (...texts: readonly string[]) => texts.map((text) => ({ from: text[0] ?? '', to: text[1] ?? '' }));

test('arrows that lead nowhere back are no circle, nor is one to itself', () => {
  assert.deepEqual(findCircles(arrows('ab', 'bc', 'ac', 'aa')), []);
});

test('each circle is found once, however long, with all that belong to it', () => {
  assert.deepEqual(findCircles(arrows('ab', 'ba')), [['a', 'b']]);
  assert.deepEqual(findCircles(arrows('xa', 'ab', 'bc', 'ca', 'cd', 'de', 'ed')), [
    ['d', 'e'],
    ['a', 'b', 'c'],
  ]);
});
