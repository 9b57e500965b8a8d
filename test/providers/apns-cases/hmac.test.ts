import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { assert as check, property, string, uint8Array } from 'fast-check';
import { Hmac } from '../../../providers/apns/request/hmac.ts';

test('it is the HMAC that everybody else computes, for keys and texts of any length', () => {
  check(
    property(
      uint8Array({ maxLength: 200 }),
      string({ unit: 'grapheme', maxLength: 300 }),
      string({ unit: 'grapheme' }),
      (key, one, other) => {
        const hmac = new Hmac(key);
        // One after the other, and the first once more: nothing of a text is left for the next.
        for (const text of [one, other, one]) assert.deepEqual(hmac.digest(text), createHmac('sha256', key).update(text).digest());
      },
    ),
    { numRuns: 300, seed: 15 },
  );
});

test('a key as long as a block, and one byte longer, are told apart (RFC 2104 section 2)', () => {
  for (const length of [0, 63, 64, 65]) {
    const key = Buffer.alloc(length, 7);
    assert.deepEqual(new Hmac(key).digest('text'), createHmac('sha256', key).update('text').digest());
  }
});
