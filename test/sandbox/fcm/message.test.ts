import assert from 'node:assert/strict';
import { request as request1 } from 'node:https';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import test from 'node:test';
import { buildInstallationId, buildRegistrationToken } from '../../../src/sandbox/fcm/message/device-tokens.ts';
import { authority, createSandbox, createSender, goodMessage, sendPath, token } from './client.ts';

test('a message in order is accepted by name, and written down with all that matters', async (context) => {
  const sandbox = await createSandbox(context);
  const { send } = await createSender(context, sandbox);
  const { status, body } = await send({ android: { priority: 'normal', ttl: '60s', collapse_key: 'k' }, data: { a: 'ä' } });
  assert.equal(status, 200);
  assert.match(String(body?.['name']), /^projects\/sandbox-project\/messages\/0:\d+%[0-9a-f]+$/);
  const { headers, message, ...push } = sandbox.pushes[0]!;
  assert.deepEqual(push, {
    name: body?.['name'],
    token,
    target: 'token',
    data: { a: 'ä' },
    priority: 'NORMAL',
    ttl: '60s',
    collapseKey: 'k',
    collapseKeys: 1,
    bytes: 3,
    connection: 1,
    accessToken: 1,
    isValidateOnly: false,
  });
  assert.equal(headers['content-type'], 'application/json');
  assert.deepEqual(message['android'], { priority: 'normal', ttl: '60s', collapse_key: 'k' });
});

test('names may be written in camel case, and the project by its number', async (context) => {
  const sandbox = await createSandbox(context);
  const { send } = await createSender(context, sandbox);
  const answer = await send(
    { android: { collapseKey: 'k', directBootOk: true } },
    { ':path': sendPath.replace('sandbox-project', '1234567890') },
  );
  assert.equal(answer.status, 200);
  assert.equal(sandbox.pushes[0]?.collapseKey, 'k');
});

test('a message to an installation id is accepted', async (context) => {
  const sandbox = await createSandbox(context);
  const { send } = await createSender(context, sandbox);
  const fid = buildInstallationId();
  assert.equal((await send({ token: undefined, fid })).status, 200);
  assert.deepEqual([sandbox.pushes[0]?.target, sandbox.pushes[0]?.token], ['fid', fid]);
});

test('validate_only is judged the same and not delivered', async (context) => {
  const sandbox = await createSandbox(context);
  const { send } = await createSender(context, sandbox);
  assert.equal((await send({}, {}, { validate_only: true })).status, 200);
  sandbox.unregister(token);
  assert.equal((await send({}, {}, { validateOnly: true })).status, 404);
  assert.deepEqual([sandbox.pushes.length, sandbox.validated.length], [0, 1]);
  assert.equal(sandbox.validated[0]?.isValidateOnly, true);
});

test('a message to a topic is accepted and goes to nobody', async (context) => {
  const sandbox = await createSandbox(context);
  const { send } = await createSender(context, sandbox);
  assert.equal((await send({ token: undefined, topic: 'news' })).status, 200);
  assert.equal(sandbox.pushes.length, 0);
});

test('the collapse keys of a device are counted', async (context) => {
  const sandbox = await createSandbox(context);
  const { send } = await createSender(context, sandbox);
  for (const key of ['a', 'b', 'a', undefined]) await send({ android: { collapse_key: key } });
  await send({ token: buildRegistrationToken(), android: { collapse_key: 'c' } });
  assert.deepEqual(
    sandbox.pushes.map(({ collapseKeys }) => collapseKeys),
    [1, 2, 2, 2, 1],
  );
});

test('100 streams are allowed from the first settings on', async (context) => {
  const sandbox = await createSandbox(context);
  const { session } = await createSender(context, sandbox);
  if (session.connecting || session.remoteSettings.maxConcurrentStreams !== 100)
    await once(session, 'remoteSettings', { signal: AbortSignal.timeout(10_000) });
  assert.equal(session.remoteSettings.maxConcurrentStreams, 100);
});

test('HTTP/1.1 is spoken as well', async (context) => {
  const sandbox = await createSandbox(context);
  const { accessToken } = await createSender(context, sandbox);
  const outgoing = request1(sandbox.origin + sendPath, {
    method: 'POST',
    ca: authority.ca,
    agent: false,
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
  });
  outgoing.end(JSON.stringify({ message: goodMessage }));
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  response.resume();
  assert.deepEqual([response.statusCode, response.httpVersion, sandbox.pushes.length], [200, '1.1', 1]);
});
