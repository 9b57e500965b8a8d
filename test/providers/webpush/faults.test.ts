import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { createSandboxWebpush, type WebpushMisbehaviour } from '../../../src/sandbox/webpush/sandbox-webpush.ts';
import { createPublicKey } from 'node:crypto';
import { buildPush, never } from '../kit.ts';
import { authority } from './service.ts';
import { createStage, vapidPem } from './stage.ts';

const message = { messageCount: 1, sender: 'ben@example.org', body: 'hello' };
const protocols = ['h2', 'http/1.1'] as const;
/** Of a push whose answer never comes whole; nobody waits ten seconds for it here. */
const shortLifeMs = 3_000;
const endless: readonly WebpushMisbehaviour['kind'][] = ['silence', 'wrong-length'];

/** A warm connection to a sandbox, to which the misbehaviour is done from now on. */
async function open(context: TestContext, protocol: (typeof protocols)[number], told?: WebpushMisbehaviour, times = Infinity) {
  const sandbox = await createSandboxWebpush({ authority, onlyHTTP1: protocol === 'http/1.1' });
  context.after(() => sandbox.close());
  const provider = createStage(context).create();
  const { x = '', y = '' } = createPublicKey(vapidPem).export({ format: 'jwk' });
  const applicationServerKey = Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]).toString(
    'base64url',
  );
  const subscription = sandbox.subscribe({ applicationServerKey });
  const push = (lifeMs = 60_000) =>
    provider.push(buildPush(message, { token: JSON.stringify(subscription), expiresAt: new Date(Date.now() + lifeMs) }), never);
  assert.deepEqual(await push(), { kind: 'accepted' });
  if (told !== undefined) sandbox.misbehave(told, { times });
  return { push, arrived: () => sandbox.pushes.length - 1, sandbox };
}

/** What a push becomes, whatever the protocol, and whether the service took it. */
const rows: readonly (readonly [string, WebpushMisbehaviour, Readonly<Record<string, unknown>>, number])[] = [
  ['refuses the request (400)', { kind: 'answer', status: 400 }, { kind: 'rejected' }, 0],
  ['refuses our key (403)', { kind: 'answer', status: 403 }, { kind: 'rejected' }, 0],
  ['calls our token expired', { kind: 'expire-token' }, { kind: 'rejected' }, 0],
  ['does not know the subscription (404)', { kind: 'answer', status: 404 }, { kind: 'gone' }, 0],
  ['calls the subscription over (410)', { kind: 'answer', status: 410 }, { kind: 'gone' }, 0],
  ['calls it over in JSON that breaks off', { kind: 'truncate', status: 410 }, { kind: 'gone' }, 0],
  ['finds every message too large (413)', { kind: 'answer', status: 413 }, { kind: 'rejected' }, 0],
  ['has enough of us (429)', { kind: 'answer', status: 429, retryAfter: 30 }, { kind: 'retry', afterMs: 30_000, onlyThis: true }, 0],
  ['is down (503)', { kind: 'answer', status: 503 }, { kind: 'retry', onlyThis: true }, 0],
  ['sends us elsewhere (307)', { kind: 'answer', status: 307 }, { kind: 'rejected' }, 0],
  ['is slow', { kind: 'delay', ms: 100 }, { kind: 'accepted' }, 1],
  ['promises more than it says', { kind: 'wrong-length', excess: 100 }, { kind: 'accepted' }, 1],
  ['says nothing', { kind: 'silence' }, { kind: 'retry', onlyThis: true }, 0],
  ['hangs up each time', { kind: 'close-stream' }, { kind: 'retry', onlyThis: true }, 0],
  ['cuts the connection each time', { kind: 'disconnect', how: 'rst' }, { kind: 'retry', onlyThis: true }, 0],
];

for (const protocol of protocols)
  describe(`a Web Push service over ${protocol} that`, () => {
    for (const [what, told, expected, arrivals] of rows)
      test(`${what}: ${String(expected['kind'])}, and ${arrivals} arrived`, async (context) => {
        const { push, arrived } = await open(context, protocol, told);
        const { reason, ...outcome } = (await push(endless.includes(told.kind) ? shortLifeMs : undefined)) as {
          readonly kind: string;
          readonly reason?: string;
        };
        assert.deepEqual(outcome, expected, reason);
        assert.equal(arrived(), arrivals);
      });

    for (const told of [{ kind: 'disconnect', how: 'rst' }, { kind: 'disconnect', how: 'fin' }, { kind: 'close-stream' }] as const)
      test(`breaks off once (${Object.values(told).join(' ')}) gets the push again, and it arrives once`, async (context) => {
        const { push, arrived } = await open(context, protocol, told, 1);
        assert.deepEqual(await push(), { kind: 'accepted' });
        assert.equal(arrived(), 1);
      });
  });
