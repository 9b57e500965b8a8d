import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SandboxSubscription, SandboxWebpush } from '../../../src/sandbox/webpush/sandbox-webpush.ts';
import { buildVapidPair } from '../../../src/sandbox/webpush/vapid.ts';
import {
  applicationServerKey,
  buildAuthorization,
  createHttp1Sender,
  createHttp2Sender,
  createSandbox,
  encryptFor,
  vapid,
  type Sent,
} from './client.ts';

const other = buildVapidPair();
const now = Math.floor(Date.now() / 1000);
const by = (value: string | readonly string[] | undefined, name = 'authorization'): Sent => ({ headers: { [name]: value } });
const claiming =
  (claims: Readonly<Record<string, unknown>>) =>
  (_: SandboxSubscription, sandbox: SandboxWebpush): Sent =>
    by(buildAuthorization(sandbox, claims));
const changed = (subscription: SandboxSubscription, at: number) => {
  const body = encryptFor(subscription);
  body[at < 0 ? body.length + at : at]! ^= 1;
  return { body };
};

type Row = readonly [string, number, string, Sent | ((subscription: SandboxSubscription, sandbox: SandboxWebpush) => Sent)];

/** What is wrong with a push, and what is answered to it. */
const rows: readonly Row[] = [
  ['another method', 405, 'method-not-allowed', { method: 'PUT' }],
  ['another path', 404, 'not-found', (_, { origin }) => ({ endpoint: `${origin}/other` })],
  ['an endpoint that nobody subscribed', 404, 'not-found', (_, { origin }) => ({ endpoint: `${origin}/push/abc` })],
  ['no Authorization', 401, 'no-authorization', by(undefined)],
  ['an Authorization of another scheme', 401, 'bad-authorization', by('Bearer x')],
  ['a token without its key', 401, 'bad-authorization', (_, sandbox) => by(buildAuthorization(sandbox).split(',')[0])],
  ['a token that is no JWT', 403, 'bad-token', by(`vapid t=x, k=${applicationServerKey}`)],
  ['another algorithm', 403, 'bad-token', (_, sandbox) => by(buildAuthorization(sandbox, {}, vapid, applicationServerKey, 'none'))],
  ['a key that is none', 403, 'bad-key', (_, sandbox) => by(buildAuthorization(sandbox, {}, vapid, 'AAAA'))],
  ['another key than the app subscribed with', 403, 'wrong-key', (_, sandbox) => by(buildAuthorization(sandbox, {}, other))],
  ['a token signed by another key', 403, 'bad-signature', (_, sandbox) => by(buildAuthorization(sandbox, {}, other, applicationServerKey))],
  ['a token for another service', 403, 'wrong-audience', claiming({ aud: 'https://push.example' })],
  ['a token with a path in aud', 403, 'wrong-audience', (_, sandbox) => by(buildAuthorization(sandbox, { aud: `${sandbox.origin}/` }))],
  ['a token without end', 403, 'no-expiry', claiming({ exp: undefined })],
  ['a token that is over', 403, 'expired-token', claiming({ exp: now - 1 })],
  ['a token for more than 24 hours', 403, 'long-token', claiming({ exp: now + 25 * 3600 })],
  ['a token without subject', 403, 'bad-subject', claiming({ sub: undefined })],
  ['a subject that is no address', 403, 'bad-subject', claiming({ sub: 'admin' })],
  ['a header twice', 400, 'duplicate-headers', by(['a', 'b'], 'topic')],
  ['no TTL', 400, 'no-ttl', by(undefined, 'ttl')],
  ['a TTL that is no number', 400, 'bad-ttl', by('soon', 'ttl')],
  ['a TTL below zero', 400, 'bad-ttl', by('-1', 'ttl')],
  ['an unknown urgency', 400, 'bad-urgency', by('urgent', 'urgency')],
  ['a topic of 33 characters', 400, 'bad-topic', by('x'.repeat(33), 'topic')],
  ['a topic outside base64url', 400, 'bad-topic', by('a/b', 'topic')],
  ['4097 bytes', 413, 'too-large', { body: Buffer.alloc(4097) }],
  ['a megabyte', 413, 'too-large', { body: Buffer.alloc(1 << 20) }],
  ['no Content-Encoding', 400, 'no-encoding', by(undefined, 'content-encoding')],
  ['the encoding of an old draft', 400, 'no-encoding', by('aesgcm', 'content-encoding')],
  ['a message without header', 400, 'unreadable', { body: Buffer.from('hello') }],
  ['a message for somebody else', 400, 'unreadable', (_, sandbox) => ({ body: encryptFor(sandbox.subscribe()) })],
  ['a message that was changed', 400, 'unreadable', (subscription) => changed(subscription, -20)],
  ['a message whose sender’s key is no point', 400, 'unreadable', (subscription) => changed(subscription, 30)],
  ['a message of several records', 400, 'unreadable', (subscription) => ({ body: encryptFor(subscription, 'x'.repeat(500), 200) })],
];

describe('the Web Push sandbox refuses', () => {
  for (const [index, [name, status, reason, otherwise]] of rows.entries())
    test(`${name}: ${status} ${reason}`, async (context) => {
      const sandbox = await createSandbox(context);
      const subscription = sandbox.subscribe({ applicationServerKey });
      // Half of them over either protocol: they are read in the same manner.
      const sender = index % 2 === 0 ? createHttp2Sender(context, sandbox) : createHttp1Sender(sandbox);
      const sent = typeof otherwise === 'function' ? otherwise(subscription, sandbox) : otherwise;
      const answer = await sender.push(subscription, sent);
      const { code, error, message } = JSON.parse(answer.text) as Record<string, unknown>;
      assert.deepEqual([answer.status, code, error], [status, status, reason]);
      assert.ok(typeof message === 'string' && message.length > 0);
      assert.equal(sandbox.pushes.length, 0);
    });

  test('what is sent to a subscription that is over with 410, to a forgotten one with 404, until it is revived', async (context) => {
    const sandbox = await createSandbox(context);
    const subscription = sandbox.subscribe({ applicationServerKey });
    const sender = createHttp2Sender(context, sandbox);
    const statuses: unknown[] = [];
    for (const act of ['unsubscribe', 'forget', 'revive'] as const) {
      sandbox[act](subscription.token);
      statuses.push((await sender.push(subscription)).status);
    }
    assert.deepEqual(statuses, [410, 404, 201]);
  });

  test('an empty message to an endpoint without keys, as UnifiedPush says', async (context) => {
    const sandbox = await createSandbox(context);
    const answer = await createHttp2Sender(context, sandbox).push(sandbox.subscribe({ hasKeys: false }), { body: Buffer.alloc(0) });
    assert.deepEqual([answer.status, (JSON.parse(answer.text) as { error: string }).error], [400, 'empty']);
  });
});
