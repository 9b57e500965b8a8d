import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';
import { buildRegistrationToken } from '../../../src/sandbox/fcm/message/device-tokens.ts';
import { createSandbox, createSender, detailsOf, errorOf, token } from './client.ts';

test('an ordered answer is given to the next messages that are in order, and no more', async (context) => {
  const sandbox = await createSandbox(context);
  const { send } = await createSender(context, sandbox);
  sandbox.misbehave({ kind: 'answer', status: 503, errorCode: 'UNAVAILABLE' }, { times: 2 });
  const statuses: unknown[] = [];
  for (const message of [{}, { token: 'x' }, {}, {}]) statuses.push((await send(message)).status);
  assert.deepEqual(statuses, [503, 400, 503, 200]);
  assert.equal(sandbox.pushes.length, 1);
});

const answers = [
  [429, 'QUOTA_EXCEEDED', 'RESOURCE_EXHAUSTED'],
  [500, 'INTERNAL', 'INTERNAL'],
  [503, 'UNAVAILABLE', 'UNAVAILABLE'],
  [401, 'THIRD_PARTY_AUTH_ERROR', 'UNAUTHENTICATED'],
  [400, 'NeverHeardOf', 'INVALID_ARGUMENT'],
] as const;

for (const [status, errorCode, name] of answers)
  test(`the ordered answer ${status} ${errorCode} says so in an FcmError, with the status ${name}`, async (context) => {
    const sandbox = await createSandbox(context);
    const { send } = await createSender(context, sandbox);
    sandbox.misbehave({ kind: 'answer', status, errorCode });
    const answer = await send();
    assert.deepEqual([answer.status, errorOf(answer)['code'], errorOf(answer)['status']], [status, status, name]);
    assert.deepEqual(detailsOf(answer).at(-1), ['firebase.fcm.v1.FcmError', errorCode]);
  });

test('answers that FCM itself does not give have no FcmError: too many requests, and the API switched off', async (context) => {
  const sandbox = await createSandbox(context);
  const { send } = await createSender(context, sandbox);
  sandbox.misbehave({ kind: 'answer', status: 429, errorCode: 'RATE_LIMIT_EXCEEDED' });
  sandbox.misbehave({ kind: 'answer', status: 403, errorCode: 'SERVICE_DISABLED' });
  for (const reason of ['RATE_LIMIT_EXCEEDED', 'SERVICE_DISABLED']) assert.deepEqual(detailsOf(await send()), [['rpc.ErrorInfo', reason]]);
});

test('Retry-After comes in both its forms', async (context) => {
  const sandbox = await createSandbox(context);
  const { send } = await createSender(context, sandbox);
  sandbox.misbehave({ kind: 'answer', status: 429, errorCode: 'QUOTA_EXCEEDED', retryAfter: 30 });
  sandbox.misbehave({ kind: 'answer', status: 503, errorCode: 'UNAVAILABLE', retryAfter: new Date(1_800_000_000_000) });
  assert.equal((await send()).headers['retry-after'], '30');
  assert.equal((await send()).headers['retry-after'], 'Fri, 15 Jan 2027 08:00:00 GMT');
});

test('an answer without errorCode is a page; one with violations blames fields', async (context) => {
  const sandbox = await createSandbox(context);
  const { send } = await createSender(context, sandbox);
  sandbox.misbehave({ kind: 'answer', status: 502 });
  const page = await send();
  assert.deepEqual([page.status, page.body], [502, undefined]);
  assert.match(page.text, /<b>502\.<\/b>/);
  const violations = [{ field: 'message.token', description: 'Invalid registration token' }];
  sandbox.misbehave({ kind: 'answer', status: 400, errorCode: 'INVALID_ARGUMENT', violations });
  assert.deepEqual(detailsOf(await send()), [
    ['rpc.BadRequest', violations],
    ['firebase.fcm.v1.FcmError', 'INVALID_ARGUMENT'],
  ]);
});

test('an order for one token leaves the others alone, and ends with good behaviour', async (context) => {
  const sandbox = await createSandbox(context);
  const { send } = await createSender(context, sandbox);
  sandbox.misbehave({ kind: 'answer', status: 429, errorCode: 'QUOTA_EXCEEDED' }, { token, times: Infinity });
  assert.equal((await send({ token: buildRegistrationToken() })).status, 200);
  for (let count = 0; count < 3; count += 1) assert.equal((await send()).status, 429);
  sandbox.behave();
  assert.equal((await send()).status, 200);
});

test('a refusal cut short has its status and half its JSON', async (context) => {
  const sandbox = await createSandbox(context);
  const { send } = await createSender(context, sandbox);
  sandbox.misbehave({ kind: 'truncate', status: 404, errorCode: 'UNREGISTERED' });
  const { status, text, body } = await send();
  assert.deepEqual([status, body], [404, undefined]);
  assert.match(text, /^\{\n {2}"error": \{/);
});

test('an access token that expires on order is refused from then on, on any connection, and the next one is good', async (context) => {
  const sandbox = await createSandbox(context);
  const account = sandbox.issueServiceAccount();
  const [first, second] = [await createSender(context, sandbox, account), await createSender(context, sandbox, account)];
  sandbox.misbehave({ kind: 'expire-token' });
  for (const send of [first.send, first.send, () => second.send({}, { authorization: `Bearer ${first.accessToken}` })]) {
    const answer = await send();
    assert.deepEqual([answer.status, errorOf(answer)['status']], [401, 'UNAUTHENTICATED']);
    assert.deepEqual(detailsOf(answer), [['rpc.ErrorInfo', 'ACCESS_TOKEN_EXPIRED']]);
  }
  assert.equal((await first.send({}, { authorization: `Bearer ${second.accessToken}` })).status, 200);
});

test('a delayed message is accepted later, and after another', async (context) => {
  const sandbox = await createSandbox(context);
  const { send } = await createSender(context, sandbox);
  sandbox.misbehave({ kind: 'delay', ms: 200 });
  const tokens = [buildRegistrationToken(), buildRegistrationToken()];
  await Promise.all(tokens.map((one) => send({ token: one })));
  assert.deepEqual(
    sandbox.pushes.map((push) => push.token),
    tokens.toReversed(),
  );
});

test('a message under silence gets no answer, and the next one does', async (context) => {
  const sandbox = await createSandbox(context);
  const { send, session } = await createSender(context, sandbox);
  sandbox.misbehave({ kind: 'silence' });
  const hanging = send();
  assert.equal((await send()).status, 200);
  session.destroy();
  assert.equal((await hanging).status, undefined);
  assert.equal(sandbox.pushes.length, 1);
});

test('a stream closed on order ends without response', async (context) => {
  const sandbox = await createSandbox(context);
  const { send } = await createSender(context, sandbox);
  sandbox.misbehave({ kind: 'close-stream', code: 7 });
  const { status, rstCode } = await send();
  assert.deepEqual([status, rstCode], [undefined, 7]);
});

for (const code of [0, 7, 11])
  test(`GOAWAY ${code} comes with its reason in plain words, and the message is ${code === 0 ? 'accepted' : 'lost'}`, async (context) => {
    const sandbox = await createSandbox(context);
    const { send, session } = await createSender(context, sandbox);
    sandbox.misbehave({ kind: 'goaway', code, reason: 'session_timed_out' });
    const heard = once(session, 'goaway') as Promise<[number, number, Buffer]>;
    const answer = send();
    const [announced, , data] = await heard;
    assert.deepEqual([announced, String(data)], [code, 'session_timed_out']);
    assert.equal((await answer).status, code === 0 ? 200 : undefined);
  });

for (const how of ['fin', 'rst'] as const)
  test(`a connection cut by ${how} ends without a word`, async (context) => {
    const sandbox = await createSandbox(context);
    const { send, session } = await createSender(context, sandbox);
    await send();
    sandbox.misbehave({ kind: 'disconnect', how });
    const closed = new Promise((resolve) => session.once('close', resolve));
    assert.equal((await send()).status, undefined);
    await closed;
    assert.equal(sandbox.pushes.length, 1);
  });

test('a frozen connection answers no ping', async (context) => {
  const sandbox = await createSandbox(context);
  const { send, session } = await createSender(context, sandbox);
  await send();
  sandbox.misbehave({ kind: 'freeze' });
  void send();
  let isAnswered = false;
  // What is asserted is the absence of an answer.
  await new Promise((resolve) => setTimeout(resolve, 200));
  session.ping(() => (isAnswered = true));
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.deepEqual([isAnswered, session.destroyed], [false, false]);
});

test('half-open: the client hears the end of the connection, the server goes on holding it', async (context) => {
  const sandbox = await createSandbox(context);
  const { send, session } = await createSender(context, sandbox);
  await send();
  const ended = once(session.socket, 'end');
  sandbox.misbehave({ kind: 'half-open' });
  const lost = send();
  await ended;
  assert.deepEqual([sandbox.connections.open, sandbox.connections.total], [1, 1]);
  session.destroy();
  assert.equal((await lost).status, undefined);
});

test('limit-falls and limit-late: one stream after a rejection or before the first accepted message; a dead token changes nothing', async (context) => {
  const sandbox = await createSandbox(context);
  sandbox.adopt('limit-late');
  sandbox.adopt('limit-falls');
  const { send, session } = await createSender(context, sandbox);
  const limitIs = async (expected: number) => {
    while (session.remoteSettings.maxConcurrentStreams !== expected)
      await once(session, 'remoteSettings', { signal: AbortSignal.timeout(10_000) });
  };
  await once(session, 'remoteSettings');
  await limitIs(1);
  assert.equal((await send()).status, 200);
  await limitIs(100);
  sandbox.unregister(token);
  assert.equal((await send()).status, 404);
  assert.equal(session.remoteSettings.maxConcurrentStreams, 100);
  assert.equal((await send({ token: 'x' })).status, 400);
  await limitIs(1);
});

test('more streams than are allowed, before the client knows the limit: they are refused and the others served', async (context) => {
  const sandbox = await createSandbox(context, { streams: 2 });
  const { send, session } = await createSender(context, sandbox);
  sandbox.misbehave({ kind: 'delay', ms: 50 }, { times: Infinity });
  // Before the server's settings have come, the client takes a hundred for granted.
  const codes = (await Promise.all(Array.from({ length: 5 }, () => send()))).map(({ status, rstCode }) => status ?? rstCode);
  assert.deepEqual(codes.toSorted(), [200, 200, 7, 7, 7]);
  assert.equal(session.destroyed, false);
});

test('every request, every misbehaviour and every answer is told to whoever listens', async (context) => {
  const heard: (readonly [string, boolean])[] = [];
  const answered: (readonly [number, string | undefined])[] = [];
  const sandbox = await createSandbox(context, {
    onRequest: (request, isMisbehaved) => void heard.push([request.token, isMisbehaved]),
    onAnswer: ({ status, reason }) => void answered.push([status, reason]),
  });
  const { send } = await createSender(context, sandbox);
  sandbox.misbehave({ kind: 'close-stream' }, { after: 1 });
  for (let count = 0; count < 3; count += 1) await send();
  sandbox.unregister(token);
  await send();
  assert.deepEqual(
    heard,
    [false, true, false, false].map((isMisbehaved) => [token, isMisbehaved]),
  );
  assert.deepEqual(answered, [
    [200, undefined],
    [200, undefined],
    [404, 'UNREGISTERED'],
  ]);
});

test('waitFor finds messages past and future; no more are remembered than asked for, twice over', async (context) => {
  const sandbox = await createSandbox(context, { keep: 5 });
  const { send } = await createSender(context, sandbox);
  const future = sandbox.waitFor((push) => push.token === token, 10_000);
  for (let count = 0; count < 30; count += 1) await send({ data: { count: String(count) } });
  assert.equal((await future).data['count'], '0');
  assert.equal((await sandbox.waitFor(() => true, 10_000)).token, token);
  assert.ok(sandbox.pushes.length >= 5 && sandbox.pushes.length <= 10);
  assert.equal(sandbox.pushes.at(-1)?.data['count'], '29');
});
