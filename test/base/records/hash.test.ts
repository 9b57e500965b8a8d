import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSeededHash } from '../../../src/base/records/hash.ts';

test('two seeds hash differently', () => {
  const words = new Int32Array([1, 2, 3]);
  const values = new Set(Array.from({ length: 20 }, () => createSeededHash()(words, 3, 12)));
  assert.ok(values.size > 15);
});

test('every word and the length count', () => {
  const hash = createSeededHash();
  const values = new Set<number>();
  for (let bit = 0; bit < 96; bit += 1) {
    const words = new Int32Array(3);
    words[bit >>> 5] = 1 << (bit & 31);
    values.add(hash(words, 3, 12));
  }
  values.add(hash(new Int32Array(3), 3, 12));
  values.add(hash(new Int32Array(3), 3, 11));
  values.add(hash(new Int32Array(2), 2, 8));
  assert.equal(values.size, 99);
});

test('keys that count up are spread evenly', () => {
  const hash = createSeededHash();
  const places = new Int32Array(1024);
  for (let number = 0; number < 102_400; number += 1) {
    const place = hash(Int32Array.of(number), 1, 4) & 1023;
    places[place] = places[place]! + 1;
  }
  assert.ok(places.every((count) => count > 40 && count < 160));
});
