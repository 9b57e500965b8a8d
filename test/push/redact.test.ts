import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { redact } from '../../src/push/tokens/redact.ts';
import type { Push } from '../../src/push/provider/provider.ts';
import { emptyNotification } from '../../src/index.ts';

function buildPush(token: string, body?: string): Push {
  const moment = new Date(0);
  const notification = { ...emptyNotification, body };
  const known = { secondToken: undefined, registeredAt: moment, remembered: undefined, expiresAt: moment };
  return { id: 'i', account: 'anna@example.net', token, notification, ...known };
}

test('a token is cut out as it is, as part of an address, and as part of JSON', () => {
  const token = 'a+b/c"d:12345678';
  for (const spelling of [token, encodeURIComponent(token), JSON.stringify(token)])
    assert.doesNotMatch(redact(`sending ${spelling} to anna@example.net failed`, buildPush(token)), /a\+b|a%2Bb|12345678|anna/);
});

test('a short body is cut out where it is a word, and spares the words it is part of', () => {
  assert.equal(redact('bad token for "ok"', buildPush('some-device-token', 'ok')), 'bad token for "…"');
});

test('no token, whatever it is made of, survives or makes it throw', () => {
  for (let count = 0; count < 2_000; count += 1) {
    const token = randomBytes(8 + (count % 24)).toString(count % 2 === 0 ? 'utf16le' : 'latin1');
    const [line = ''] = token.split('\n');
    const text = redact(`before ${token} behind`, buildPush(token));
    if (line === token) assert.equal(text, 'before … behind');
  }
});

test('only the first line is kept, and not all of a long one', () => {
  assert.equal(redact(`first\nsecond`, buildPush('some-device-token')), 'first');
  assert.ok(redact('x'.repeat(10_000), buildPush('some-device-token')).length < 300);
});
