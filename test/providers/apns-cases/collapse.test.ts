import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import test from 'node:test';
import type { PayloadRules } from '../../../providers/apns/request/alert.ts';
import { buildCollapseId, buildCollapseKey } from '../../../providers/apns/request/collapse.ts';
import { buildMessage } from '../../../providers/apns/request/payload.ts';
import type { Notification, Push } from '../../../src/index.ts';
import { topic } from '../apns/stage.ts';
import { buildPush, randomToken } from '../kit.ts';

const rules: PayloadRules = {
  privacy: { content: 'full', requireEncryption: false },
  alert: 'New message!',
  sound: 'default',
  extra: {},
};
const withoutBody: PayloadRules = { ...rules, privacy: { content: 'sender', requireEncryption: false } };

function collapseKey() {
  const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return buildCollapseKey({ kind: 'key', topic, key, keyId: 'ABC123DEFG', teamId: 'DEF123GHIJ' });
}

const key = collapseKey();

/** The collapse id of a push, undefined where it replaces nothing. */
function idOf(notification: Partial<Notification>, overrides: Partial<Push> = {}, with_: PayloadRules = rules): string | undefined {
  const { subject } = buildMessage(buildPush(notification, overrides), with_);
  return subject === undefined ? undefined : buildCollapseId(key, subject);
}

const call = (action: string, sid = 'ca3cf894') => ({ jingle: { sid, action, media: action === 'propose' ? ['audio'] : [] } });
const encrypted = { payload: 'cGF5', iv: 'aXY=', type: 'voip' };

test('whatever ends a call replaces what told of it, and no other call', () => {
  const start = idOf(call('propose'));
  assert.ok(start !== undefined && Buffer.byteLength(start) <= 64);
  for (const action of ['accept', 'reject', 'retract', 'finish', 'proceed']) assert.equal(idOf(call(action)), start, action);
  assert.notEqual(idOf(call('reject', 'another')), start);
  assert.notEqual(idOf(call('reject'), { account: 'carl@example.org' }), start);
});

test('the end of an encrypted call replaces its start, on whichever token that was told', () => {
  const end = idOf({ ...call('accept'), encrypted, priority: 'low' });
  assert.equal(idOf({ ...call('propose'), encrypted, priority: 'high' }), end);
  assert.equal(idOf({ ...call('propose'), encrypted, priority: 'high' }, { secondToken: randomToken() }), end);
});

test('a call whose session the server does not name replaces nothing', () => {
  assert.equal(idOf({ encrypted, priority: 'high' }), undefined);
  assert.equal(idOf({ encrypted, priority: 'low' }), undefined);
});

test('messages that the user can tell apart stand for themselves', () => {
  assert.equal(idOf({ sender: 'ben@example.org', body: 'One' }), undefined);
  assert.equal(idOf({ body: 'One' }), undefined);
  assert.equal(idOf({ encrypted: { ...encrypted, type: undefined } }), undefined);
});

test('of messages without text one for each sender is shown', () => {
  const of = (sender: string) => idOf({ sender, body: 'kept back' }, {}, withoutBody);
  assert.ok(of('ben@example.org/phone') !== undefined);
  assert.equal(of('ben@example.org/phone'), of('ben@example.org/desk'));
  assert.notEqual(of('ben@example.org'), of('carl@example.org'));
});

test('silent pushes of one kind replace each other, within one account', () => {
  assert.ok(idOf({ messageCount: 0 }) !== undefined);
  assert.equal(idOf({ messageCount: 0 }), idOf({ messageCount: 0, priority: 'low' }));
  assert.notEqual(idOf({ messageCount: 0 }), idOf({ messageCount: 0 }, { account: 'carl@example.org' }));
  assert.notEqual(idOf({ messageCount: 0 }), idOf({ messageCount: 1 }), 'a chat state does not replace "all is read"');
});

test('collapse ids depend on the credentials: nobody without them can try out senders or sessions', () => {
  const subject = ['call', 'anna@example.org', 'ca3cf894'] as const;
  assert.equal(buildCollapseId(key, subject), buildCollapseId(key, subject));
  assert.notEqual(buildCollapseId(key, subject), buildCollapseId(collapseKey(), subject));
});
