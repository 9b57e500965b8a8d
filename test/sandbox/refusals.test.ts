import assert from 'node:assert/strict';
import test from 'node:test';
import { authority, buildBearer, createClient, createSandbox, goodBody, send, token, topic, type Headers } from './client.ts';

const big = (bytes: number) => `{"aps":{"alert":"x"},"p":"${'x'.repeat(bytes - '{"aps":{"alert":"x"},"p":""}'.length)}"}`;
const background = '{"aps":{"content-available":1}}';

/** What is wrong with a push, and what APNs says to it. */
const rows: readonly (readonly [string, Headers, string, number, string])[] = [
  ['another method', { ':method': 'PUT' }, goodBody, 405, 'MethodNotAllowed'],
  ['another path', { ':path': `/2/device/${token}` }, goodBody, 404, 'BadPath'],
  ['a longer path', { ':path': `/3/device/${token}/x` }, goodBody, 404, 'BadPath'],
  ['no device token', { ':path': '/3/device/' }, goodBody, 400, 'MissingDeviceToken'],
  ['a device token that is not hexadecimal', { ':path': `/3/device/${'xy'.repeat(32)}` }, goodBody, 400, 'BadDeviceToken'],
  ['a short device token', { ':path': '/3/device/abcd' }, goodBody, 400, 'BadDeviceToken'],
  ['an endless device token', { ':path': `/3/device/${'ab'.repeat(101)}` }, goodBody, 400, 'BadDeviceToken'],
  ['a header twice', { 'apns-collapse-id': ['x', 'x'] }, goodBody, 400, 'DuplicateHeaders'],
  ['an id in capitals', { 'apns-id': 'EC1BF194-B3B2-424A-89A9-5A918A6E6B5E' }, goodBody, 400, 'BadMessageId'],
  ['an id that is none', { 'apns-id': '7' }, goodBody, 400, 'BadMessageId'],
  ['an expiration that is no number', { 'apns-expiration': 'soon' }, goodBody, 400, 'BadExpirationDate'],
  ['an unknown priority', { 'apns-priority': '7' }, goodBody, 400, 'BadPriority'],
  ['a background push of priority 10', { 'apns-push-type': 'background', 'apns-priority': '10' }, background, 400, 'BadPriority'],
  ['a background push without priority', { 'apns-push-type': 'background' }, background, 400, 'BadPriority'],
  ['a collapse id of 65 bytes', { 'apns-collapse-id': 'x'.repeat(65) }, goodBody, 400, 'BadCollapseId'],
  ['an unknown push type', { 'apns-push-type': 'shout' }, goodBody, 400, 'InvalidPushType'],
  ['a VoIP push to the plain topic', { 'apns-push-type': 'voip' }, goodBody, 400, 'InvalidPushType'],
  ['an alert to the VoIP topic', { 'apns-topic': `${topic}.voip` }, goodBody, 400, 'InvalidPushType'],
  ['an alert with nothing to show', {}, background, 400, 'InvalidPushType'],
  ['a background push with an alert', { 'apns-push-type': 'background', 'apns-priority': '5' }, goodBody, 400, 'InvalidPushType'],
  ['no topic', { 'apns-topic': undefined }, goodBody, 400, 'MissingTopic'],
  ['a topic that is none', { 'apns-topic': 'a b' }, goodBody, 400, 'BadTopic'],
  ["somebody else's topic", { 'apns-topic': 'org.example.other' }, goodBody, 400, 'TopicDisallowed'],
  ['no body', {}, '', 400, 'PayloadEmpty'],
  ['a body that is not JSON', {}, 'hello', 400, 'PayloadEmpty'],
  ['a body that is no object', {}, '[1]', 400, 'PayloadEmpty'],
  ['4097 bytes', {}, big(4097), 413, 'PayloadTooLarge'],
  ['5121 bytes by VoIP', { 'apns-push-type': 'voip', 'apns-topic': `${topic}.voip` }, big(5121), 413, 'PayloadTooLarge'],
  ['a megabyte', {}, big(1 << 20), 413, 'PayloadTooLarge'],
  ['no authorization', { authorization: undefined }, goodBody, 403, 'MissingProviderToken'],
  ['an authorization that is no token', { authorization: 'bearer x' }, goodBody, 403, 'InvalidProviderToken'],
];

for (const [name, headers, body, status, reason] of rows)
  test(`${name}: ${status} ${reason}`, async (context) => {
    const sandbox = await createSandbox(context);
    const answer = await send(createClient(context, sandbox), { authorization: buildBearer(), ...headers }, body);
    assert.deepEqual([answer.status, answer.body], [status, { reason }]);
    assert.equal(sandbox.pushes.length, 0);
  });

const good: readonly (readonly [string, Headers, string])[] = [
  ['the least there can be', { 'apns-push-type': undefined }, goodBody],
  ['4096 bytes', {}, big(4096)],
  ['5120 bytes by VoIP', { 'apns-push-type': 'voip', 'apns-topic': `${topic}.voip` }, big(5120)],
  ['a background push of priority 5', { 'apns-push-type': 'background', 'apns-priority': '5' }, background],
  ['a collapse id of 64 bytes', { 'apns-collapse-id': 'x'.repeat(64) }, goodBody],
  ['an expiration of 0', { 'apns-expiration': '0' }, goodBody],
];

for (const [name, headers, body] of good)
  test(`${name}: 200`, async (context) => {
    const sandbox = await createSandbox(context);
    const answer = await send(createClient(context, sandbox), { authorization: buildBearer(), ...headers }, body);
    assert.deepEqual([answer.status, answer.body], [200, {}]);
    assert.deepEqual(sandbox.pushes[0]?.payload, JSON.parse(body));
  });

test('an apns-id is echoed, and made where there is none', async (context) => {
  const client = createClient(context, await createSandbox(context));
  const id = 'ec1bf194-b3b2-424a-89a9-5a918a6e6b5e';
  assert.equal((await send(client, { authorization: buildBearer(), 'apns-id': id })).headers['apns-id'], id);
  assert.match(String((await send(client, { authorization: buildBearer(), 'apns-priority': '7' })).headers['apns-id']), /^[0-9a-f-]{36}$/);
});

test("a certificate's topic is the default, its other topics are allowed, strange ones are not", async (context) => {
  const sandbox = await createSandbox(context);
  const client = createClient(context, sandbox, authority.issueClient([topic, `${topic}.voip`]));
  assert.equal((await send(client, { 'apns-topic': undefined })).status, 200);
  assert.equal((await send(client, { 'apns-topic': `${topic}.voip`, 'apns-push-type': 'voip' })).status, 200);
  assert.deepEqual((await send(client, { 'apns-topic': 'org.example.other' })).body, { reason: 'TopicDisallowed' });
  assert.deepEqual(
    sandbox.pushes.map((push) => push.topic),
    [topic, `${topic}.voip`],
  );
});

test('a certificate of another authority: 403 BadCertificate', async (context) => {
  const { buildAuthority } = await import('../../src/sandbox/authority.ts');
  const client = createClient(context, await createSandbox(context), buildAuthority().issueClient([topic]));
  assert.deepEqual((await send(client, {})).body, { reason: 'BadCertificate' });
});
