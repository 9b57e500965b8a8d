import assert from 'node:assert/strict';
import test from 'node:test';
import type { PayloadRules } from '../../providers/apns/request/alert.ts';
import { buildMessage as buildApns } from '../../providers/apns/request/payload.ts';
import { buildMessage as buildFcm } from '../../providers/fcm/message.ts';
import type { Notification } from '../../src/index.ts';
import { buildPush } from './kit.ts';

const dialect = { name: 'mod_push_appserver', keys: {} };
/** All that an administrator can configure for Tigase's apps, and that these never got. */
const rules: PayloadRules = {
  privacy: { content: 'full', requireEncryption: false },
  alert: 'Something is new',
  sound: 'ping.caf',
  extra: { thread: 'x' },
};

const shown = '{"aps":{"mutable-content":1,"alert":{"title":"New Message","body":"New Message"},"sound":"default"}}';
const silent = '{"aps":{"content-available":1}}';
const encrypted = { payload: 'cGF5bG9hZA==', iv: 'aXY=', type: undefined };
const call = { sid: 's', media: ['audio'] };

const cases: Readonly<Record<string, readonly [Partial<Notification>, string]>> = {
  'a message with a body': [{ messageCount: 1, body: 'New Message!' }, shown],
  'a message with sender and body': [{ sender: 'ben@example.net', body: 'hush' }, shown],
  'a message of low priority with a body': [{ body: 'hush', priority: 'low' }, shown],
  'an encrypted message': [{ encrypted }, shown],
  'a message that the server calls important': [{ priority: 'high' }, shown],
  'nothing at all': [{}, silent],
  'a count and no body': [{ messageCount: 3 }, silent],
  'a sender and no body': [{ sender: 'ben@example.net' }, silent],
  'what was read elsewhere': [{ messageCount: 0, priority: 'low' }, silent],
  'a call that ended': [
    { encrypted: { ...encrypted, type: 'voip' }, jingle: { ...call, action: 'session-terminate' }, priority: 'high' },
    silent,
  ],
  'an account that was removed': [{ event: 'account-removed', priority: 'high' }, silent],
};

for (const [what, [notification, payload]] of Object.entries(cases))
  test(`an app of mod_push_appserver gets for ${what} exactly ${payload === shown ? 'the dummy alert' : 'a silent push'}`, () => {
    const message = buildApns(buildPush(notification, { dialect, secondToken: 'f'.repeat(64) }), rules);
    assert.equal(message.payload, payload);
    assert.deepEqual(
      [message.pushType, message.priority, message.device, message.topicSuffix, message.subject],
      [...(payload === shown ? ['alert', '10'] : ['background', '5']), 'first', '', undefined],
    );
  });

test('an Android app of mod_push_appserver gets the same empty data message for everything', () => {
  const now = Date.now();
  for (const [notification] of Object.values(cases)) {
    const push = buildPush(notification, { dialect, token: 't:1', expiresAt: new Date(now + 60_000) });
    assert.equal(
      buildFcm(push, rules.privacy, now),
      '{"message":{"token":"t:1","android":{"priority":"HIGH","collapse_key":"mod_push_appserver_fcm.collapse","ttl":"60s"},"data":{}}}',
    );
  }
});
