import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseDialect, isServed, type ServedDialects } from '../../../src/handlers/dialects/register-push/choose-dialect.ts';

const all: ServedDialects = { p2: { fcm: 'g', apns: 'a' }, openfire: { fcm: 'g', apns: 'a' }, fluux: { apns: 'a' } };
const { p2, openfire, fluux, ...none } = all;

type Row = readonly [service: 'fcm' | 'apns', fields: string, dialects: ServedDialects, expected: string | undefined];

/** Every pair of commands, every set of fields that a client is known to send, and what is configured. */
const rows: Readonly<Record<string, readonly Row[]>> = {
  'Conversations, which calls the device android-id': [
    ['fcm', 'token android-id', all, 'p2'],
    ['fcm', 'token android-id', { openfire }, undefined],
    ['fcm', 'token android-id', { p2: { apns: 'a' }, openfire }, undefined],
    ['fcm', 'token android-id device-id', all, 'p2'],
  ],
  'Quicksy, which registers for a group chat': [
    ['fcm', 'token android-id muc', all, 'p2'],
    ['fcm', 'token device-id muc', all, 'p2'],
    ['fcm', 'token device-id muc', { openfire }, undefined],
    ['apns', 'token device-id muc', all, 'p2'],
    ['apns', 'token device-id muc', { openfire, fluux }, undefined],
  ],
  'a client that leaves a group chat, by its hash': [
    ['fcm', 'channel android-id', all, 'p2'],
    ['apns', 'channel device-id', all, 'p2'],
  ],
  'Android with a device id, which p2 and Openfire know': [
    ['fcm', 'token device-id', all, 'p2'],
    ['fcm', 'token device-id', { openfire, fluux }, 'openfire'],
    ['fcm', 'token device-id', { p2: { apns: 'a' }, openfire }, 'openfire'],
    ['fcm', 'token device-id', { fluux }, undefined],
  ],
  'iOS with a device id, which all three know': [
    ['apns', 'token device-id', all, 'fluux'],
    ['apns', 'token device-id', { p2, openfire }, 'openfire'],
    ['apns', 'token device-id', { p2, openfire: { fcm: 'g' } }, 'p2'],
    ['apns', 'token device-id', none, undefined],
  ],
  'a form without a device, to be refused in words': [
    ['fcm', 'token', all, 'p2'],
    ['fcm', 'token', { openfire }, 'openfire'],
    ['apns', 'token', all, 'fluux'],
    ['apns', '', { p2 }, 'p2'],
  ],
};

for (const [name, group] of Object.entries(rows))
  test(name, () => {
    for (const [service, fields, dialects, expected] of group) {
      const values = new Map(fields.split(' ').map((field) => [field, 'x']));
      const row = `register-push-${service}, ${fields || 'no fields'}, configured: ${Object.keys(dialects).join(' ') || 'none'}`;
      const choice = chooseDialect(service, values, dialects);
      assert.equal(choice?.dialect, expected, row);
      if (choice !== undefined) assert.equal(choice.provider, service === 'fcm' ? 'g' : 'a', row);
    }
  });

test('a push service is served where any dialect has a provider for it', () => {
  assert.deepEqual([isServed('fcm', { fluux }), isServed('apns', { fluux })], [false, true]);
  assert.deepEqual([isServed('fcm', { openfire: { fcm: 'g' } }), isServed('apns', { openfire: { fcm: 'g' } })], [true, false]);
  assert.deepEqual([isServed('fcm', none), isServed('apns', none)], [false, false]);
});
