import assert from 'node:assert/strict';
import test from 'node:test';
import type { PayloadRules } from '../../../providers/apns/request/alert.ts';
import { buildMessage as build } from '../../../providers/apns/request/payload.ts';
import type { Privacy } from '../../../providers/payload/payload-keys.ts';
import type { Notification, Push } from '../../../src/index.ts';
import { buildPush } from '../kit.ts';

const open: Privacy = { content: 'full', requireEncryption: false };
const rules: PayloadRules = { privacy: open, alert: 'New message!', sound: 'default', extra: {} };
const buildMessage = (push: Push, privacy: Privacy) => build(push, { ...rules, privacy });
const aps = { alert: 'New message!', 'mutable-content': 1, 'content-available': 1, sound: 'default' };
const account = 'anna@example.org';

const goldens: readonly (readonly [string, Partial<Notification>, Privacy, unknown])[] = [
  [
    'a plain message carries sender and body',
    { messageCount: 3, sender: 'ben@example.org/phone', body: 'Are you there?' },
    open,
    { aps, account, 'unread-messages': 3, sender: 'ben@example.org/phone', body: 'Are you there?' },
  ],
  ['a push without content is silent', {}, open, { aps: { 'content-available': 1 }, account }],
  ['priority high makes it an alert', { priority: 'high' }, open, { aps, account }],
  [
    'content = "sender" keeps the body back',
    { messageCount: 1, sender: 'ben@example.org', body: 'secret' },
    { content: 'sender', requireEncryption: false },
    { aps, account, 'unread-messages': 1, sender: 'ben@example.org' },
  ],
  [
    'content = "none" keeps sender and body back',
    { messageCount: 1, sender: 'ben@example.org', body: 'secret' },
    { content: 'none', requireEncryption: false },
    { aps, account, 'unread-messages': 1 },
  ],
  [
    'require-encryption keeps sender and body back whatever content says',
    { messageCount: 1, sender: 'ben@example.org', body: 'secret' },
    { content: 'full', requireEncryption: true },
    { aps, account, 'unread-messages': 1 },
  ],
  [
    'an encrypted message passes payload and iv through and nothing plain',
    { sender: 'ben@example.org', body: 'plain', encrypted: { payload: 'c2VjcmV0', iv: 'aXY=', type: undefined } },
    open,
    { aps, account, encrypted: 'c2VjcmV0', iv: 'aXY=' },
  ],
  [
    'messages read elsewhere are told silently',
    { messageCount: 0 },
    open,
    { aps: { 'content-available': 1 }, account, 'unread-messages': 0 },
  ],
];

for (const [name, notification, privacy, payload] of goldens)
  test(name, () => assert.deepEqual(JSON.parse(buildMessage(buildPush(notification), privacy).payload), payload));

test('a message is an alert at once, messages read elsewhere a background push of priority 5', () => {
  const head = (notification: Partial<Notification>) => {
    const { case: name, pushType, priority } = buildMessage(buildPush(notification), open);
    return [name, pushType, priority];
  };
  assert.deepEqual(head({ messageCount: 1, body: 'x' }), ['message', 'alert', '10']);
  assert.deepEqual(head({ messageCount: 0 }), ['read-elsewhere', 'background', '5']);
  assert.deepEqual(head({ messageCount: 0, sender: 'ben@example.org' }), ['message', 'alert', '10']);
});

function bodyOf(body: string): unknown {
  return (JSON.parse(buildMessage(buildPush({ body }), open).payload) as { body?: unknown }).body;
}

test('a body of 512 characters goes out whole, however many bytes they take', () => {
  for (const character of ['x', 'é', '\u{1F600}']) assert.equal(bodyOf(character.repeat(512)), character.repeat(512));
});

test('of a longer body the first 500 characters are left, and an ellipsis', () => {
  assert.equal(bodyOf('x'.repeat(513)), `${'x'.repeat(500)}…`);
  assert.equal(bodyOf('\u{1F600}'.repeat(513)), `${'\u{1F600}'.repeat(500)}…`);
  assert.equal(bodyOf(`x${'\u{1F600}'.repeat(600)}`), `x${'\u{1F600}'.repeat(499)}…`);
});

test('a payload over 4096 bytes loses its body first', () => {
  const sender = `ben@${'e'.repeat(2300)}.example`;
  const payload = buildMessage(buildPush({ messageCount: 1, sender, body: '\u{1F600}'.repeat(512) }), open).payload;
  assert.deepEqual(JSON.parse(payload), { aps, account, 'unread-messages': 1, sender });
});

test('an encrypted message over the limit goes out without payload and iv: the alert alone', () => {
  const encrypted = { payload: 'A'.repeat(4100), iv: 'aXY=', type: undefined };
  assert.deepEqual(JSON.parse(buildMessage(buildPush({ messageCount: 2, encrypted }), open).payload), {
    aps,
    account,
    'unread-messages': 2,
  });
});

test('a payload of exactly 4096 bytes is left alone, one byte more is not', () => {
  const size = (length: number) =>
    buildMessage(buildPush({ encrypted: { payload: 'A'.repeat(length), iv: 'i', type: undefined } }), open).payload;
  const room = 4096 - Buffer.byteLength(size(0));
  assert.equal(Buffer.byteLength(size(room)), 4096);
  assert.ok(Buffer.byteLength(size(room + 1)) < 200);
});

test('the longest JIDs there are still fit', () => {
  const jid = `${'ä'.repeat(511)}@${'e'.repeat(1023)}/${'r'.repeat(1023)}`;
  const push = buildPush({ sender: jid, body: 'x'.repeat(500) }, { account: `${'a'.repeat(1023)}@${'e'.repeat(1023)}` });
  assert.ok(Buffer.byteLength(buildMessage(push, open).payload) <= 4096);
});
