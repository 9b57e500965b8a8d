import assert from 'node:assert/strict';
import test from 'node:test';
import { buildRegistrationToken } from '../../../src/sandbox/fcm/message/device-tokens.ts';
import { createSandbox, createSender, detailsOf, errorOf, request, sendPath, token, type Json } from './client.ts';

const unknown = (name: string, place: string) => `Invalid JSON payload received. Unknown name "${name}"${place}: Cannot find field.`;
const badToken = 'The registration token is not a valid FCM registration token';

/** What FCM's front has against a request; it answers with a BadRequest alone. */
const misfits: readonly (readonly [string, Json, Json, string, string | undefined])[] = [
  ['an unknown field of the message', { priority: 'high' }, {}, unknown('priority', " at 'message'"), 'message'],
  [
    'an unknown field of android',
    { android: { time_to_live: 3 } },
    {},
    unknown('time_to_live', " at 'message.android'"),
    'message.android',
  ],
  ['an unknown field beside the message', {}, { dry_run: true }, unknown('dry_run', ''), undefined],
  [
    'a number in data',
    { data: { a: 'x', b: 1 } },
    {},
    "Invalid value at 'message.data[1].value' (TYPE_STRING), 1",
    'message.data[1].value',
  ],
  ['a token that is a number', { token: 7 }, {}, "Invalid value at 'message.token' (TYPE_STRING), 7", 'message.token'],
  [
    'an unknown priority',
    { android: { priority: 'urgent' } },
    {},
    `Invalid value at 'message.android.priority' (type.googleapis.com/google.firebase.fcm.v1.AndroidMessagePriority), "urgent"`,
    'message.android.priority',
  ],
  [
    'a ttl without its unit',
    { android: { ttl: '60' } },
    {},
    "Invalid value at 'message.android.ttl' (type.googleapis.com/google.protobuf.Duration), Field 'ttl', Illegal duration format; duration must end with 's'",
    'message.android.ttl',
  ],
  [
    'two targets',
    { topic: 'news' },
    {},
    "Invalid value at 'message' (oneof), oneof field 'target' is already set. Cannot set 'topic'",
    'message',
  ],
];

for (const [name, message, rest, words, field] of misfits)
  test(`${name}: 400 INVALID_ARGUMENT with BadRequest and without FcmError`, async (context) => {
    const sandbox = await createSandbox(context);
    const { send } = await createSender(context, sandbox);
    const answer = await send(message, {}, rest);
    const { code, message: said, status } = errorOf(answer);
    assert.deepEqual([answer.status, code, status, said], [400, 400, 'INVALID_ARGUMENT', words]);
    const violation = field === undefined ? { description: words } : { field, description: words };
    assert.deepEqual(detailsOf(answer), [['rpc.BadRequest', [violation]]]);
    assert.equal(sandbox.pushes.length, 0);
  });

test('all that does not fit is told at once', async (context) => {
  const { send } = await createSender(context, await createSandbox(context));
  const { message } = errorOf(await send({ to: 'x', registration_ids: ['x'] }));
  assert.equal(message, `${unknown('to', " at 'message'")}\n${unknown('registration_ids', " at 'message'")}`);
});

for (const body of ['hello', '{"message":', '[1]'])
  test(`the body ${body}: 400 INVALID_ARGUMENT`, async (context) => {
    const { session, accessToken } = await createSender(context, await createSandbox(context));
    const answer = await request(session, { ':path': sendPath, authorization: `Bearer ${accessToken}` }, body);
    assert.deepEqual([answer.status, errorOf(answer)['status']], [400, 'INVALID_ARGUMENT']);
    assert.match(String(errorOf(answer)['message']), /^Invalid JSON payload received\./);
  });

/** What FCM itself has against a message: a BadRequest that names the field, and an FcmError. */
const faults: readonly (readonly [string, Json, string, string])[] = [
  ['no target', { token: undefined }, 'message', 'Recipient of the message is not set.'],
  ['the reserved key from', { data: { a: 'x', from: 'y' } }, 'message.data[1].key', 'Invalid data payload key: from'],
  ['a reserved key of Google', { data: { 'google.x': 'y' } }, 'message.data[0].key', 'Invalid data payload key: google.x'],
  ['a reserved key of GCM', { data: { gcm_x: 'y' } }, 'message.data[0].key', 'Invalid data payload key: gcm_x'],
  ['the reserved key message_type', { data: { message_type: 'y' } }, 'message.data[0].key', 'Invalid data payload key: message_type'],
  ['a ttl over four weeks', { android: { ttl: '2419201s' } }, 'message.android.ttl', 'The TTL must be between 0 and 2419200 seconds.'],
];

for (const [name, message, field, words] of faults)
  test(`${name}: 400 INVALID_ARGUMENT with BadRequest and FcmError`, async (context) => {
    const sandbox = await createSandbox(context);
    const { send } = await createSender(context, sandbox);
    const answer = await send(message);
    assert.deepEqual([answer.status, errorOf(answer)['message']], [400, words]);
    assert.deepEqual(detailsOf(answer), [
      ['rpc.BadRequest', [{ field, description: words }]],
      ['firebase.fcm.v1.FcmError', 'INVALID_ARGUMENT'],
    ]);
    assert.equal(sandbox.pushes.length, 0);
  });

const big = (bytes: number) => ({ data: { body: 'ä'.repeat(Math.floor((bytes - 4) / 2)) + 'x'.repeat(bytes % 2) } });

/** INVALID_ARGUMENT that does not say what is wrong but in words. */
const unnamed: readonly (readonly [string, Json, string])[] = [
  ['a token of another form', { token: 'x' }, badToken],
  ['an APNs token', { token: 'ab'.repeat(32) }, badToken],
  ['an installation id of another form', { token: undefined, fid: 'x' }, 'The installation ID is not a valid Firebase installation ID'],
  ['4097 bytes of data', big(4097), 'Android message is too big'],
];

for (const [name, message, words] of unnamed)
  test(`${name}: 400 INVALID_ARGUMENT with FcmError alone`, async (context) => {
    const { send } = await createSender(context, await createSandbox(context));
    const answer = await send(message);
    assert.deepEqual([answer.status, errorOf(answer)['message']], [400, words]);
    assert.deepEqual(detailsOf(answer), [['firebase.fcm.v1.FcmError', 'INVALID_ARGUMENT']]);
  });

test('4096 bytes of data, a ttl of four weeks and one of nothing: 200', async (context) => {
  const sandbox = await createSandbox(context);
  const { send } = await createSender(context, sandbox);
  for (const message of [
    big(4096),
    { android: { ttl: '2419200s' } },
    { android: { ttl: '0s' } },
    { android: { ttl: '1.5s', priority: 'high' } },
  ])
    assert.equal((await send(message)).status, 200);
  assert.equal(sandbox.pushes[0]?.bytes, 4096);
});

test('a token is dead, of another sender or bad until it is revived, and no other is', async (context) => {
  const sandbox = await createSandbox(context);
  const { send } = await createSender(context, sandbox);
  const states = [
    [() => sandbox.unregister(token), 404, 'NOT_FOUND', 'Requested entity was not found.', 'UNREGISTERED'],
    [() => sandbox.markOtherSender(token), 403, 'PERMISSION_DENIED', 'SenderId mismatch', 'SENDER_ID_MISMATCH'],
    [() => sandbox.markBad(token), 400, 'INVALID_ARGUMENT', badToken, 'INVALID_ARGUMENT'],
  ] as const;
  for (const [mark, code, status, words, errorCode] of states) {
    mark();
    const answer = await send();
    assert.deepEqual([answer.status, errorOf(answer)['status'], errorOf(answer)['message']], [code, status, words]);
    assert.deepEqual(detailsOf(answer), [['firebase.fcm.v1.FcmError', errorCode]]);
    assert.equal((await send({ token: buildRegistrationToken() })).status, 200);
    sandbox.revive(token);
    assert.equal((await send()).status, 200);
  }
});

test("another path or another method gets the page of Google's front end", async (context) => {
  const { session, accessToken } = await createSender(context, await createSandbox(context));
  for (const [method, path] of [
    ['POST', '/v1/projects/sandbox-project/messages'],
    ['POST', '/fcm/send'],
    ['GET', sendPath],
  ] as const) {
    const answer = await request(session, { ':method': method, ':path': path, authorization: `Bearer ${accessToken}` }, '');
    assert.deepEqual([answer.status, answer.headers['content-type'], answer.body], [404, 'text/html; charset=UTF-8', undefined]);
    assert.match(answer.text, /<title>Error 404 \(Not Found\)!!1<\/title>/);
  }
});

test('no access token: 401 UNAUTHENTICATED with CREDENTIALS_MISSING, before the body is looked at', async (context) => {
  const { session } = await createSender(context, await createSandbox(context));
  const answer = await request(session, { ':path': sendPath }, 'hello');
  assert.deepEqual([answer.status, errorOf(answer)['status']], [401, 'UNAUTHENTICATED']);
  assert.deepEqual(detailsOf(answer), [['rpc.ErrorInfo', 'CREDENTIALS_MISSING']]);
  assert.equal(answer.headers['www-authenticate'], 'Bearer realm="https://accounts.google.com/"');
});

test('an unknown access token: 401 UNAUTHENTICATED without details', async (context) => {
  const { send } = await createSender(context, await createSandbox(context));
  const answer = await send({}, { authorization: 'Bearer ya29.c.x' });
  assert.deepEqual([answer.status, errorOf(answer)['status'], detailsOf(answer)], [401, 'UNAUTHENTICATED', []]);
  assert.match(String(answer.headers['www-authenticate']), /error="invalid_token"$/);
});

test('an access token whose time is over: 401 UNAUTHENTICATED with ACCESS_TOKEN_EXPIRED', async (context) => {
  const clock = { now: Date.now() };
  const sandbox = await createSandbox(context, { tokenLifeSeconds: 100, clock: () => clock.now });
  const { send } = await createSender(context, sandbox);
  clock.now += 99_000;
  assert.equal((await send()).status, 200);
  clock.now += 1_000;
  const answer = await send();
  assert.deepEqual([answer.status, errorOf(answer)['status']], [401, 'UNAUTHENTICATED']);
  assert.deepEqual(detailsOf(answer), [['rpc.ErrorInfo', 'ACCESS_TOKEN_EXPIRED']]);
});

test('access tokens that are told to have expired have, and the next is good', async (context) => {
  const sandbox = await createSandbox(context);
  const account = sandbox.issueServiceAccount();
  const { send } = await createSender(context, sandbox, account);
  sandbox.expireAccessTokens();
  assert.equal((await send()).status, 401);
  assert.equal((await (await createSender(context, sandbox, account)).send()).status, 200);
  assert.equal(sandbox.pushes[0]?.accessToken, 2);
});

test('an account without the permission, or of another project: 403 PERMISSION_DENIED without FcmError', async (context) => {
  const sandbox = await createSandbox(context);
  for (const account of [sandbox.issueServiceAccount({ canSend: false }), sandbox.issueServiceAccount({ projectId: 'other' })]) {
    const { send } = await createSender(context, sandbox, account);
    const answer = await send();
    assert.deepEqual([answer.status, errorOf(answer)['status']], [403, 'PERMISSION_DENIED']);
    assert.equal(
      errorOf(answer)['message'],
      "Permission 'cloudmessaging.messages.create' denied on resource '//cloudresourcemanager.googleapis.com/projects/sandbox-project' (or it may not exist).",
    );
    assert.deepEqual(detailsOf(answer), [['rpc.ErrorInfo', 'IAM_PERMISSION_DENIED']]);
  }
  const { send } = await createSender(context, sandbox);
  assert.equal((await send({}, { ':path': sendPath.replace('sandbox-project', 'other') })).status, 403);
});
