import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ClientHttp2Session, Settings } from 'node:http2';
import test from 'node:test';
import { authority, buildBearer, createClient, createSandbox, send, token, topic } from './client.ts';

const identity = authority.issueClient([topic]);

/** The limits a client is told, one after the other. */
function watchLimits(client: ClientHttp2Session): number[] {
  const limits: number[] = [];
  client.on('remoteSettings', ({ maxConcurrentStreams }: Settings) => limits.push(Number(maxConcurrentStreams)));
  return limits;
}

async function limitOf(client: ClientHttp2Session, expected: number): Promise<void> {
  while (client.remoteSettings.maxConcurrentStreams !== expected)
    await once(client, 'remoteSettings', { signal: AbortSignal.timeout(10_000) });
}

test('limit-late: one stream until a push was accepted, whoever asks', async (context) => {
  const sandbox = await createSandbox(context);
  sandbox.adopt('limit-late');
  sandbox.markBad(token);
  for (const [who, headers] of [
    [identity, {}],
    [{}, { authorization: buildBearer() }],
  ] as const) {
    const client = createClient(context, sandbox, who);
    const limits = watchLimits(client);
    assert.equal((await send(client, headers)).status, 400);
    assert.deepEqual([...new Set(limits)], [1]);
    assert.equal((await send(client, { ...headers, ':path': `/3/device/${'ab'.repeat(32)}` })).status, 200);
    await limitOf(client, 1000);
  }
});

test('limit-falls: one stream after a rejection, the full number after an accepted push; a 410 changes nothing', async (context) => {
  const sandbox = await createSandbox(context);
  sandbox.adopt('limit-falls');
  const client = createClient(context, sandbox, identity);
  await limitOf(client, 1000);
  sandbox.expire(token);
  assert.equal((await send(client, {})).status, 410);
  assert.equal(client.remoteSettings.maxConcurrentStreams, 1000);
  sandbox.markBad(token);
  assert.equal((await send(client, {})).status, 400);
  await limitOf(client, 1);
  sandbox.revive(token);
  assert.equal((await send(client, {})).status, 200);
  await limitOf(client, 1000);
  sandbox.behave();
  sandbox.markBad(token);
  assert.equal((await send(client, {})).status, 400);
  assert.equal(client.remoteSettings.maxConcurrentStreams, 1000);
});
