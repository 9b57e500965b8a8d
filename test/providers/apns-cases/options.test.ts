import assert from 'node:assert/strict';
import test from 'node:test';
import { buildPayloadRules } from '../../../providers/apns/request/alert.ts';
import { parseOptions } from '../../../providers/apns/options.ts';
import { buildMessage } from '../../../providers/apns/request/payload.ts';
import type { Notification } from '../../../src/index.ts';
import { buildPush } from '../kit.ts';

type Table = Readonly<Record<string, unknown>>;

const account = 'anna@example.org';
const silently = { alert: 'New message!', 'mutable-content': 1, 'content-available': 1 };
const usual = { ...silently, sound: 'default' };

function payload(options: Table, notification: Partial<Notification>): unknown {
  const parsed = parseOptions(options);
  assert.ok('options' in parsed, JSON.stringify(parsed));
  return JSON.parse(buildMessage(buildPush(notification), buildPayloadRules(parsed.options)).payload);
}

function mistakes(options: Table): string {
  const parsed = parseOptions(options);
  return 'mistakes' in parsed ? parsed.mistakes.join('\n') : '';
}

test('without options the alert says New message! with the usual sound', () => {
  assert.deepEqual(payload({}, { priority: 'high' }), { aps: usual, account });
});

test('alert-text replaces the text, alert-loc-key leaves it to the phone, and an empty sound is none', () => {
  assert.deepEqual(payload({ 'alert-text': 'Neue Nachricht' }, { priority: 'high' }), {
    aps: { ...usual, alert: 'Neue Nachricht' },
    account,
  });
  assert.deepEqual(payload({ 'alert-loc-key': 'NEW_MESSAGE', sound: '' }, { priority: 'high' }), {
    aps: { ...silently, alert: { 'loc-key': 'NEW_MESSAGE' } },
    account,
  });
});

test('extra keys stand in every payload, silent ones too', () => {
  const extra = { service: 'example.org', version: 2, beta: true };
  assert.deepEqual(payload({ extra }, { priority: 'high' }), { aps: usual, account, ...extra });
  assert.deepEqual(payload({ extra }, {}), { aps: { 'content-available': 1 }, account, ...extra });
});

test('extra keys may not take the place of ours', () => {
  for (const key of ['aps', 'account', 'unread-messages', 'sender', 'nickname', 'body', 'encrypted', 'iv'])
    assert.match(mistakes({ extra: { [key]: 'x' } }), new RegExp(`^extra\\.${key}: must have another name`));
});

test('what would crowd out the payload is refused', () => {
  assert.match(mistakes({ extra: { x: 'ä'.repeat(256) } }), /^extra: must take at most 512 bytes/);
  assert.match(mistakes({ 'alert-text': 'ä'.repeat(128) }), /^alert-text: must take at most 256 bytes/);
  assert.match(mistakes({ 'alert-loc-key': 'x'.repeat(256) }), /^alert-loc-key: must take at most 256 bytes/);
  assert.match(mistakes({ 'alert-text': 'x', 'alert-loc-key': 'y' }), /^alert-text: stands beside alert-loc-key/);
});

test('require-encryption and content hold the nickname back like the sender', () => {
  const who = { sender: 'room@muc.example.org/Romeo', nickname: 'Romeo' };
  const notification = { ...who, body: 'O' };
  assert.deepEqual(payload({ 'require-encryption': true }, notification), { aps: usual, account });
  assert.deepEqual(payload({ content: 'none' }, notification), { aps: usual, account });
  assert.deepEqual(payload({ content: 'sender' }, notification), { aps: usual, account, ...who });
});

test('what holds the content back does not make the app clear its notifications', () => {
  const notification = { messageCount: 0, sender: 'ben@example.org', body: 'hush' };
  assert.deepEqual(payload({ content: 'none' }, notification), { aps: usual, account });
  assert.deepEqual(payload({}, notification), { aps: usual, account, 'unread-messages': 0, sender: 'ben@example.org', body: 'hush' });
  assert.deepEqual(payload({ content: 'none' }, { ...notification, priority: 'low' }), { aps: { 'content-available': 1 }, account });
});
