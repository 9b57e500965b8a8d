import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildMessage as buildApns, readContent as readApns } from '../../providers/apns/request/payload.ts';
import { buildMessage as buildFcm, readContent as readFcm } from '../../providers/fcm/message.ts';
import { createLog } from '../../src/log/log.ts';
import { ProviderGuard } from '../../src/push/guard/provider-guard.ts';
import type { Provider, Push } from '../../src/push/provider/provider.ts';
import { buildPush } from '../providers/kit.ts';

const privacy = { content: 'full', requireEncryption: false } as const;
const rules = { privacy, alert: 'New message!', sound: 'default', extra: { service: 'x' } };
const told = { messageCount: 2, sender: 'ben@example.org', body: 'Are you there?' };
const both: Partial<Push> = { showsId: true };

const kinds = {
  message: told,
  encrypted: { encrypted: { payload: 'c2VjcmV0', iv: 'aXY=', type: undefined } },
  call: { priority: 'high', encrypted: { payload: 'c2VjcmV0', iv: 'aXY=', type: 'voip' } },
  'read elsewhere': { messageCount: 0 },
} as const;

for (const [name, notification] of Object.entries(kinds)) {
  test(`${name}: what a connected device reads is what stands beside aps, the id with it`, () => {
    const push = buildPush(notification, both);
    const { aps, ...rest } = JSON.parse(buildApns(push, rules).payload) as Record<string, unknown>;
    assert.ok(aps !== undefined);
    assert.deepEqual(readApns(push, rules), rest);
    assert.equal(rest['push-id'], push.id);
  });

  test(`${name}: what a connected device reads is the data of FCM, the id with it`, () => {
    const push = buildPush(notification, both);
    const { message } = JSON.parse(buildFcm(push, privacy, 0)) as { message: { data: Record<string, string> } };
    const content = Object.entries(readFcm(push, privacy)).map(([key, value]) => [key, String(value)]);
    assert.deepEqual(Object.fromEntries(content), message.data);
    assert.equal(message.data['push-id'], push.id);
  });
}

test('without local push no payload shows an id', () => {
  const push = buildPush(told);
  assert.doesNotMatch(buildApns(push, rules).payload + buildFcm(push, privacy, 0), /push-id/);
});

test('an app of another app server reads what it knows, without an id', () => {
  const push = buildPush(told, { dialect: { name: 'p2', keys: { account: 'hash' } } });
  const { message } = JSON.parse(buildFcm(push, privacy, 0)) as { message: { data: Record<string, string> } };
  assert.deepEqual(readFcm(push, privacy), message.data);
  const { aps, ...rest } = JSON.parse(buildApns(push, rules).payload) as Record<string, unknown>;
  assert.ok(aps !== undefined);
  const { service, ...own } = rest;
  assert.ok(service === undefined || service === 'x');
  assert.deepEqual(readApns(push, rules), own);
});

test('content is kept back from connected devices as from the service', () => {
  const content = readApns(buildPush(told), { ...rules, privacy: { content: 'none', requireEncryption: false } });
  assert.deepEqual(content, { service: 'x', account: buildPush(told).account, 'unread-messages': 2 });
});

function guard(contentOf?: Provider['contentOf']) {
  const lines: string[] = [];
  const provider: Provider = { push: async () => ({ kind: 'accepted' }), status: () => ({ ready: true }), close: async () => undefined };
  const log = createLog('debug', { write: (line: string) => lines.push(line) });
  const whole = contentOf === undefined ? provider : { ...provider, contentOf };
  return { guarded: new ProviderGuard(whole, { name: 'acme', share: 1, log }), lines };
}

test('a provider that says nothing of it has the keys of Tigase, and never more than 4096 bytes', () => {
  const { guarded } = guard();
  const { id, account } = buildPush(told);
  assert.deepEqual(guarded.contentOf(buildPush(told, { ...both, id })), {
    'unread-messages': 2,
    sender: 'ben@example.org',
    body: 'Are you there?',
    account,
    'push-id': id,
  });
  const long = buildPush({ ...told, body: 'é'.repeat(5_000) }, { ...both, id });
  assert.deepEqual(guarded.contentOf(long), { 'unread-messages': 2, sender: 'ben@example.org', account, 'push-id': id });
});

for (const [name, contentOf] of Object.entries({
  throws: () => {
    throw new Error('a bug in the provider');
  },
  'says nonsense': () => 'text' as never,
  'says too much': () => ({ body: 'x'.repeat(5_000) }),
}))
  test(`an app whose provider ${name} is woken, and told no more`, () => {
    const { guarded, lines } = guard(contentOf);
    const push = buildPush(told, both);
    assert.deepEqual(guarded.contentOf(push), { account: push.account, 'push-id': push.id });
    assert.match(lines.join(''), /provider-failed/);
  });
