import assert from 'node:assert/strict';
import test from 'node:test';
import { buildOutcome, parseRefusal, reactions, reactionTo } from '../../../providers/apns/reasons.ts';

/** Apple's table, written down a second time: what each answer must become. */
const expected: readonly (readonly [number, string, 'gone' | 'rejected' | 'retry'])[] = [
  [400, 'BadCollapseId', 'rejected'],
  [400, 'BadDeviceToken', 'gone'],
  [400, 'BadExpirationDate', 'rejected'],
  [400, 'BadMessageId', 'rejected'],
  [400, 'BadPriority', 'rejected'],
  [400, 'BadTopic', 'rejected'],
  [400, 'DeviceTokenNotForTopic', 'gone'],
  [400, 'DuplicateHeaders', 'rejected'],
  [400, 'IdleTimeout', 'retry'],
  [400, 'InvalidPushType', 'rejected'],
  [400, 'MissingDeviceToken', 'rejected'],
  [400, 'MissingTopic', 'rejected'],
  [400, 'PayloadEmpty', 'rejected'],
  [400, 'TopicDisallowed', 'rejected'],
  [403, 'BadCertificate', 'rejected'],
  [403, 'BadCertificateEnvironment', 'rejected'],
  [403, 'BadEnvironmentKeyIdInToken', 'rejected'],
  [403, 'ExpiredProviderToken', 'retry'],
  [403, 'Forbidden', 'rejected'],
  [403, 'InvalidProviderToken', 'rejected'],
  [403, 'MissingProviderToken', 'rejected'],
  [403, 'UnrelatedKeyIdInToken', 'retry'],
  [404, 'BadPath', 'rejected'],
  [405, 'MethodNotAllowed', 'rejected'],
  [410, 'ExpiredToken', 'gone'],
  [410, 'Unregistered', 'gone'],
  [413, 'PayloadTooLarge', 'rejected'],
  [429, 'TooManyProviderTokenUpdates', 'retry'],
  [429, 'TooManyRequests', 'retry'],
  [500, 'InternalServerError', 'retry'],
  [503, 'ServiceUnavailable', 'retry'],
  [503, 'Shutdown', 'retry'],
];

for (const [status, reason, outcome] of expected)
  test(`${status} ${reason} becomes ${outcome}`, () => {
    assert.equal(buildOutcome(reactionTo(status, reason), undefined).kind, outcome);
    assert.ok(reactions.some((row) => row.status === status && row.reason === reason));
  });

test('the table holds no row but these', () => {
  assert.equal(reactions.length, expected.length);
});

const unknown: readonly (readonly [number, 'gone' | 'rejected' | 'retry'])[] = [
  [400, 'rejected'],
  [401, 'rejected'],
  [403, 'rejected'],
  [404, 'rejected'],
  [410, 'gone'],
  [418, 'rejected'],
  [429, 'retry'],
  [500, 'retry'],
  [502, 'retry'],
  [503, 'retry'],
];

for (const [status, outcome] of unknown)
  test(`an unknown reason with ${status} becomes ${outcome}`, () => {
    assert.equal(buildOutcome(reactionTo(status, 'SomethingNew'), undefined).kind, outcome);
  });

test('a known reason with another status is judged by the status', () => {
  assert.equal(reactionTo(403, 'BadDeviceToken').outcome, 'rejected');
});

test('the time stamp of a 410 counts in milliseconds', () => {
  const { reason, since } = parseRefusal('{"reason":"Unregistered","timestamp":1700000000123}');
  assert.deepEqual(buildOutcome(reactionTo(410, reason), since), { kind: 'gone', since: new Date('2023-11-14T22:13:20.123Z') });
});

test('a token refused with 400 is gone without a date, whatever the body says', () => {
  const { reason, since } = parseRefusal('{"reason":"BadDeviceToken","timestamp":1700000000123}');
  assert.deepEqual(buildOutcome(reactionTo(400, reason), since), { kind: 'gone' });
});

test('a time stamp that is no time is left out', () => {
  for (const timestamp of ['"soon"', '1e300', 'null']) {
    const { since } = parseRefusal(`{"reason":"Unregistered","timestamp":${timestamp}}`);
    assert.equal(since, undefined);
  }
});

test('a body that is not what Apple sends still gets an outcome', () => {
  for (const body of ['', '<html>', '[]', 'null', '"x"', '{"reason":7}', '{"reason":"a b\\nc"}'])
    assert.deepEqual(buildOutcome(reactionTo(503, parseRefusal(body).reason), undefined), { kind: 'retry', reason: '503 no reason given' });
});
