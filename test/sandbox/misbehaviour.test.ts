import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';
import { parseSwitch } from '../../src/sandbox/switches.ts';
import { authority, buildBearer, createClient, createSandbox, send, token, topic } from './client.ts';

const identity = authority.issueClient([topic]);

test('an ordered answer is given to the next pushes that are in order, and no more', async (context) => {
  const sandbox = await createSandbox(context);
  const client = createClient(context, sandbox, identity);
  sandbox.misbehave({ kind: 'answer', status: 503, reason: 'ServiceUnavailable' }, { times: 2 });
  const statuses: unknown[] = [];
  for (const headers of [{}, { 'apns-priority': '7' }, {}, {}]) statuses.push((await send(client, headers)).status);
  assert.deepEqual(statuses, [503, 400, 503, 200]);
});

test('an order for one device token leaves the others alone', async (context) => {
  const sandbox = await createSandbox(context);
  const client = createClient(context, sandbox, identity);
  sandbox.misbehave({ kind: 'answer', status: 429, reason: 'TooManyRequests' }, { token, times: Infinity });
  assert.equal((await send(client, { ':path': `/3/device/${'ab'.repeat(32)}` })).status, 200);
  for (let count = 0; count < 3; count += 1) assert.equal((await send(client, {})).status, 429);
  sandbox.behave();
  assert.equal((await send(client, {})).status, 200);
});

test('a stream closed on order ends without response', async (context) => {
  const sandbox = await createSandbox(context);
  const client = createClient(context, sandbox, identity);
  sandbox.misbehave({ kind: 'close-stream', code: 7 });
  const { status, rstCode } = await send(client, {});
  assert.deepEqual([status, rstCode], [undefined, 7]);
});

test('a delayed push is accepted later, and after another', async (context) => {
  const sandbox = await createSandbox(context);
  const client = createClient(context, sandbox, identity);
  await send(client, {});
  sandbox.misbehave({ kind: 'delay', ms: 200 });
  const [, second] = ['a', 'b'].map((letter) => letter.repeat(64)) as [string, string];
  await Promise.all(['a', 'b'].map((letter) => send(client, { ':path': `/3/device/${letter.repeat(64)}` })));
  assert.equal(sandbox.pushes.at(-2)?.token, second);
});

test('GOAWAY comes with its code, last stream id and reason', async (context) => {
  const sandbox = await createSandbox(context);
  const client = createClient(context, sandbox, identity);
  sandbox.misbehave({ kind: 'goaway', code: 0, lastStreamId: 41, reason: 'Shutdown' });
  const heard = once(client, 'goaway') as Promise<[number, number, Buffer]>;
  assert.equal((await send(client, {})).status, 200);
  const [code, lastStreamId, data] = await heard;
  assert.deepEqual([code, lastStreamId, String(data)], [0, 41, '{"reason":"Shutdown"}']);
});

test('a frozen connection answers no ping', async (context) => {
  const sandbox = await createSandbox(context);
  const client = createClient(context, sandbox, identity);
  await send(client, {});
  sandbox.misbehave({ kind: 'freeze' });
  void send(client, {});
  let isAnswered = false;
  // The push arrives before a ping that is sent after it; what is asserted is the absence of an answer.
  await new Promise((resolve) => setTimeout(resolve, 200));
  client.ping(() => (isAnswered = true));
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.equal(isAnswered, false);
  assert.equal(client.destroyed, false);
});

test('a refusal cut short has its status and half its JSON', async (context) => {
  const sandbox = await createSandbox(context);
  const client = createClient(context, sandbox, identity);
  sandbox.misbehave({ kind: 'truncate', status: 400, reason: 'BadDeviceToken' });
  await assert.rejects(send(client, {}), SyntaxError);
});

test('an expired token stays expired on its connection, and is good on the next', async (context) => {
  const sandbox = await createSandbox(context);
  const client = createClient(context, sandbox);
  const authorization = buildBearer();
  assert.equal((await send(client, { authorization })).status, 200);
  sandbox.misbehave({ kind: 'expire-token' });
  for (let count = 0; count < 2; count += 1)
    assert.deepEqual((await send(client, { authorization })).body, { reason: 'ExpiredProviderToken' });
  assert.equal((await send(createClient(context, sandbox), { authorization })).status, 200);
});

test('half-open: the client hears the end of the connection, the server goes on holding it', async (context) => {
  const sandbox = await createSandbox(context);
  const client = createClient(context, sandbox, identity);
  await send(client, {});
  const { socket } = client;
  const ended = once(socket, 'end');
  sandbox.misbehave({ kind: 'half-open' });
  const push = send(client, {});
  await ended;
  assert.equal(sandbox.connections.open, 1);
  client.destroy();
  assert.equal((await push).status, undefined);
  assert.equal(sandbox.pushes.length, 1);
});

test('every request and every misbehaviour is told to whoever listens', async (context) => {
  const heard: (readonly [string, boolean])[] = [];
  const answered: string[] = [];
  const sandbox = await createSandbox(context, {
    onRequest: ({ id }, isMisbehaved) => void heard.push([id, isMisbehaved]),
    onAnswer: ({ id }) => void answered.push(id),
  });
  const client = createClient(context, sandbox, identity);
  const ids = [1, 2, 3].map((digit) => `00000000-0000-4000-8000-00000000000${digit}`);
  sandbox.misbehave({ kind: 'close-stream' }, { after: 1 });
  for (const id of ids) await send(client, { 'apns-id': id });
  assert.deepEqual(
    heard,
    ids.map((id, index) => [id, index === 1]),
  );
  assert.deepEqual(answered, [ids[0], ids[2]]);
});

test('waitFor finds pushes past and future, and gives up in time', async (context) => {
  const sandbox = await createSandbox(context);
  const client = createClient(context, sandbox, identity);
  const future = sandbox.waitFor((push) => push.token === token, 10_000);
  await send(client, {});
  assert.equal((await future).topic, topic);
  assert.equal((await sandbox.waitFor(() => true, 10_000)).token, token);
  await assert.rejects(
    sandbox.waitFor(() => false, 20),
    /no such push within 20 ms/,
  );
});

test('no more pushes are remembered than asked for, twice over', async (context) => {
  const sandbox = await createSandbox(context, { keep: 5 });
  const client = createClient(context, sandbox, identity);
  for (let count = 0; count < 30; count += 1) await send(client, { 'apns-collapse-id': String(count) });
  assert.ok(sandbox.pushes.length >= 5 && sandbox.pushes.length <= 10);
  assert.equal(sandbox.pushes.at(-1)?.collapseId, '29');
});

test('switches of the command line are read, and a wrong one is refused with its usage', () => {
  assert.deepEqual(parseSwitch('delay=50'), { told: { kind: 'delay', ms: 50 }, scope: { times: Infinity } });
  assert.deepEqual(parseSwitch('goaway=7@10'), { told: { kind: 'goaway', code: 7 }, scope: { after: 9 } });
  assert.deepEqual(parseSwitch('rst@1'), { told: { kind: 'disconnect', how: 'rst' }, scope: { after: 0 } });
  assert.deepEqual(parseSwitch('answer=TooManyRequests@5-8'), {
    told: { kind: 'answer', status: 429, reason: 'TooManyRequests' },
    scope: { after: 4, times: 4 },
  });
  assert.deepEqual(parseSwitch('half-open@3+'), { told: { kind: 'half-open' }, scope: { after: 2, times: Infinity } });
  assert.deepEqual(parseSwitch('truncated=Shutdown'), {
    told: { kind: 'truncate', status: 503, reason: 'Shutdown' },
    scope: { times: Infinity },
  });
  assert.deepEqual(parseSwitch('limit-falls'), { habit: 'limit-falls' });
  for (const text of ['delay', 'delay=x', 'answer=Nonsense', 'constructor', 'freeze=1', 'rst@0', 'limit-late@3', 'unknown-reason=200', ''])
    assert.throws(() => parseSwitch(text), /expected/, text);
});
