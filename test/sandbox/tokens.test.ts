import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';
import { buildSigningKey } from '../../src/sandbox/authority.ts';
import { buildBearer, createClient, createSandbox, key, send, token, topic } from './client.ts';

const minuteMs = 60_000;

const bad: Readonly<Record<string, () => string>> = {
  'an unknown key': () => buildBearer({}, {}, buildSigningKey()),
  'another team': () => buildBearer({ iss: 'ZZZZZZZZZZ' }),
  'a signature by another key': () => buildBearer({}, {}, { ...buildSigningKey(), keyId: key.keyId, teamId: key.teamId }),
  'another algorithm': () => buildBearer({}, { alg: 'none' }),
  'no time of issue': () => buildBearer({ iat: undefined }),
};

for (const [name, build] of Object.entries(bad))
  test(`a provider token with ${name}: InvalidProviderToken`, async (context) => {
    const client = createClient(context, await createSandbox(context));
    assert.deepEqual((await send(client, { authorization: build() })).body, { reason: 'InvalidProviderToken' });
  });

test('a provider token of more than an hour: ExpiredProviderToken, and that connection never recovers', async (context) => {
  const sandbox = await createSandbox(context);
  const client = createClient(context, sandbox);
  const authorization = buildBearer({ iat: Math.floor(Date.now() / 1000) - 3601 });
  for (let count = 0; count < 2; count += 1)
    assert.deepEqual((await send(client, { authorization })).body, { reason: 'ExpiredProviderToken' });
  assert.equal((await send(createClient(context, sandbox), { authorization: buildBearer() })).status, 200);
});

test('a second provider token within 20 minutes on one connection: TooManyProviderTokenUpdates', async (context) => {
  const clock = { now: Date.now() };
  const client = createClient(context, await createSandbox(context, { clock: () => clock.now }));
  const at = () => buildBearer({ iat: Math.floor(clock.now / 1000) });
  const first = at();
  assert.equal((await send(client, { authorization: first })).status, 200);
  clock.now += 19 * minuteMs;
  const second = at();
  assert.deepEqual((await send(client, { authorization: second })).body, { reason: 'TooManyProviderTokenUpdates' });
  assert.equal((await send(client, { authorization: first })).status, 200);
  clock.now += 2 * minuteMs;
  assert.equal((await send(client, { authorization: second })).status, 200);
});

test('a second key of the team on one connection: UnrelatedKeyIdInToken', async (context) => {
  const other = buildSigningKey('OTHERKEY22', key.teamId);
  const client = createClient(context, await createSandbox(context, { keys: [key, other] }));
  assert.equal((await send(client, { authorization: buildBearer() })).status, 200);
  assert.deepEqual((await send(client, { authorization: buildBearer({}, {}, other) })).body, { reason: 'UnrelatedKeyIdInToken' });
});

test('one stream is allowed until a valid token was seen, and 1000 from then on', async (context) => {
  const client = createClient(context, await createSandbox(context));
  await once(client, 'remoteSettings');
  assert.equal(client.remoteSettings.maxConcurrentStreams, 1);
  await send(client, { authorization: 'bearer x' });
  assert.equal(client.remoteSettings.maxConcurrentStreams, 1);
  await send(client, { authorization: buildBearer() });
  assert.equal(client.remoteSettings.maxConcurrentStreams, 1000);
});

test('refused pushes one after the other on a limited connection are all refused in words', async (context) => {
  const client = createClient(context, await createSandbox(context));
  for (let count = 0; count < 50; count += 1)
    assert.deepEqual((await send(client, { authorization: 'bearer x' })).body, { reason: 'InvalidProviderToken' });
});

test('a device token told dead answers 410 with the time in milliseconds, whatever its case, until it is revived', async (context) => {
  const sandbox = await createSandbox(context);
  const client = createClient(context, sandbox);
  const authorization = buildBearer();
  sandbox.expire(token.toUpperCase(), new Date(1_700_000_000_123));
  const answer = await send(client, { authorization });
  assert.deepEqual([answer.status, answer.body], [410, { reason: 'Unregistered', timestamp: 1_700_000_000_123 }]);
  sandbox.revive(token);
  assert.equal((await send(client, { authorization })).status, 200);
});

test('a device token told bad or of another app is refused as such', async (context) => {
  const sandbox = await createSandbox(context);
  const client = createClient(context, sandbox);
  const authorization = buildBearer();
  sandbox.markBad(token);
  assert.deepEqual((await send(client, { authorization })).body, { reason: 'BadDeviceToken' });
  sandbox.markForTopic(token, 'org.example.other');
  assert.deepEqual((await send(client, { authorization })).body, { reason: 'DeviceTokenNotForTopic' });
  sandbox.markForTopic(token, topic);
  assert.equal((await send(client, { authorization })).status, 200);
});
