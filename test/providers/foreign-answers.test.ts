import assert from 'node:assert/strict';
import type { ServerHttp2Stream } from 'node:http2';
import { test, type TestContext } from 'node:test';
import createApns from '../../providers/apns/index.ts';
import { buildOutcome, parseRefusal, reactionTo } from '../../providers/apns/reasons.ts';
import { isPage, type Exchange } from '../../providers/http2/exchange.ts';
import { parseRefusal as parseFcmRefusal } from '../../providers/fcm/refusal.ts';
import { readGrant } from '../../providers/fcm/access/token-exchange.ts';
import type { Provider } from '../../src/index.ts';
import { buildSigningKey } from '../../src/sandbox/authority.ts';
import { buildPush, captureTools, createFolder, never, writeInto } from './kit.ts';
import { authority, createCaller, createRawServer } from './http2/raw-server.ts';

const page = '<!DOCTYPE html><html><body>Please log in</body></html>';
const endlessLimitMs = 60_000;

async function openProvider(context: TestContext, answer: (stream: ServerHttp2Stream) => void): Promise<Provider> {
  const server = await createRawServer(context, answer);
  const folder = createFolder(context);
  const key = buildSigningKey();
  writeInto(folder, { 'ca.pem': authority.ca, 'key.p8': key.p8 });
  const credentials = { 'apns-topic': 'org.example.app', 'key-file': 'key.p8', 'key-id': key.keyId, 'team-id': key.teamId };
  const provider = createApns(
    { ...credentials, 'ca-file': 'ca.pem', endpoint: server.origin.origin, proxy: [] },
    captureTools(folder).tools,
  );
  context.after(() => provider.close());
  return provider;
}

test('the page of a proxy is no acceptance, whatever its status says', async (context) => {
  const provider = await openProvider(context, (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'text/html' });
    stream.end(page);
  });
  assert.deepEqual(await provider.push(buildPush({ body: 'x' }), never), { kind: 'retry', reason: '200 with a page instead of an answer' });
});

test('a 410 without a reason in Apple’s form, from a proxy or cut short, costs no device', async (context) => {
  for (const body of ['', page, '{}', 'null', '[]', '{"reason":', '{"reason":["Unregistered"]}', '{"reason":"a0b1c2d3"}'])
    assert.equal(buildOutcome(reactionTo(410, parseRefusal(body).reason), undefined).kind, 'retry', body);
  const provider = await openProvider(context, (stream) => {
    stream.respond({ ':status': 410 });
    stream.end(page);
  });
  assert.deepEqual(await provider.push(buildPush({ body: 'x' }), never), { kind: 'retry', reason: '410 no reason given' });
});

test('JSON and silence are no pages', () => {
  assert.deepEqual(['', '{"name":"x"}', ' \n{}', '{', 'ok'].map(isPage), [false, false, false, false, false]);
  assert.deepEqual([page, '\r\n <html>'].map(isPage), [true, true]);
});

test('of an answer without end 64 KiB are read and the rest is not waited for', async (context) => {
  const reset = Promise.withResolvers<unknown>();
  const server = await createRawServer(context, (stream) => {
    stream.respond({ ':status': 503 });
    const more = (): void => {
      if (!stream.destroyed) stream.write('x'.repeat(16_000), more);
    };
    stream.once('close', reset.resolve);
    more();
  });
  const exchange = await createCaller(context, server.origin).request('x', endlessLimitMs);
  assert.equal(exchange.kind === 'answered' && exchange.status, 503);
  assert.ok(exchange.kind === 'answered' && exchange.body.length < 200_000);
  await reset.promise;
});

test('an access token lives a day at most, and a refusal repeats no assertion', () => {
  const answered = (status: number, body: string) => ({ kind: 'answered', status, headers: {}, body }) as Exchange;
  const granted = readGrant(answered(200, '{"access_token":"ya29.x","expires_in":1e308}'));
  assert.deepEqual(granted, { kind: 'granted', accessToken: 'ya29.x', lifeMs: 86_400_000 });
  const assertion = `eyJ${'a1'.repeat(20)}.eyJ${'b2'.repeat(20)}.c-_`;
  const refused = readGrant(answered(400, JSON.stringify({ error: 'invalid_grant', error_description: `Bad JWT ${assertion} given` })));
  assert.deepEqual(refused, { kind: 'refused', reason: '400 invalid_grant: Bad JWT … given' });
});

test('what Google quotes of a request is not repeated', () => {
  const token = `c${'9a'.repeat(11)}:APA91b${'x1'.repeat(40)}`;
  const body = JSON.stringify({
    error: { message: `Permission 'cloudmessaging.messages.create' denied for ${token}, Bearer ya29.${'a1'.repeat(30)}` },
  });
  assert.equal(parseFcmRefusal(403, body).message, "Permission 'cloudmessaging.messages.create' denied for …, Bearer …");
});
