import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';
import type { Push } from '../../../src/index.ts';
import { expiryOf } from '../../../src/push/dispatch/time-to-live.ts';
import type { SandboxFcmPush, ServiceAccountFile } from '../../../src/sandbox/fcm/sandbox-fcm.ts';
import { goldens as stanzas, readNotification } from '../apns-cases/goldens.ts';
import { createFcmStage, randomInstallationId, randomRegistrationToken } from '../fcm/stage.ts';
import { buildPush, never } from '../kit.ts';

const fixtures = new URL('../../fixtures/', import.meta.url);
const seconds = { '{4h}': 14_400, '{30s}': 30 };
const account = 'anna@example.net';
const patienceSeconds = 60;

interface Message {
  readonly android: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

interface Golden {
  readonly why: string;
  readonly message: Message;
}

function readGolden(name: string): Golden {
  return JSON.parse(readFileSync(new URL(`fcm/${name}.json`, fixtures), 'utf8')) as Golden;
}

function buildGoldenPush(stanza: string): Push {
  const notification = readNotification(stanza);
  const expiresAt = expiryOf(notification, { defaultTtlMs: 14_400_000, voipTtlMs: 30_000 }, new Date());
  // A second token is Apple's; whoever registers one here changes nothing.
  return buildPush(notification, { account, expiresAt, token: randomRegistrationToken(), secondToken: 'x'.repeat(64) });
}

/** The golden with its placeholders filled in; the time on the way may have cost some seconds of life. */
function fill({ message }: Golden, push: Push, { ttl }: SandboxFcmPush): unknown {
  const hash = createHash('sha256').update(push.account).digest('base64url').slice(0, 8);
  const full = seconds[message.android['ttl'] as keyof typeof seconds];
  const left = Number(/^(\d+)s$/.exec(ttl ?? '')?.[1]);
  assert.ok(left <= full && left > full - patienceSeconds, `ttl ${ttl} for ${full} seconds`);
  const text = JSON.stringify({ ...message, android: { ...message.android, ttl } });
  return JSON.parse(text.replace('{token}', push.token).replace('{hash of the account}', hash));
}

test('every stanza becomes the message that its golden shows', async (context) => {
  const { sandbox, create } = await createFcmStage(context);
  const provider = create();
  for (const { name, stanza } of stanzas) {
    const golden = readGolden(name);
    await context.test(`${name}: ${golden.why}`, async () => {
      const push = buildGoldenPush(stanza);
      const outcome = await provider.push(push, never);
      const arrived = sandbox.pushes.filter(({ token }) => token === push.token);
      assert.equal(arrived.length, 1);
      const [message] = arrived;
      assert.deepEqual(outcome, { kind: 'accepted', id: message!.name });
      assert.deepEqual(message!.message, fill(golden, push, message!));
      const { headers } = message!;
      assert.equal(headers[':path'], '/v1/projects/sandbox-project/messages:send');
      assert.equal(headers['content-type'], 'application/json');
      assert.match(String(headers['authorization']), /^Bearer \S+$/);
    });
  }
  assert.equal(sandbox.tokenRequests.length, 1);
});

test('there is a golden for every stanza that APNs has one for, and no other', () => {
  const names = readdirSync(new URL('fcm/', fixtures)).map((file) => file.replace('.json', ''));
  assert.deepEqual(names.toSorted(), stanzas.map(({ name }) => name).toSorted());
  assert.deepEqual([...new Set(names.map((name) => name[0]))].toSorted().join(''), 'abcdefghijk');
});

interface ExchangeGolden {
  readonly method: string;
  readonly path: string;
  readonly 'content-type': string;
  readonly form: Readonly<Record<string, string>>;
  readonly head: Readonly<Record<string, string>>;
  readonly claims: Readonly<Record<string, string>>;
}

test('an access token is asked for as the golden shows', async (context) => {
  const { sandbox, create, account: file } = await createFcmStage(context);
  await create().push(buildPush({ body: 'x' }, { token: randomRegistrationToken() }), never);
  const golden = JSON.parse(readFileSync(new URL('fcm-token-exchange.json', fixtures), 'utf8')) as ExchangeGolden;
  const request = sandbox.tokenRequests[0]!;
  assert.deepEqual([request.method, request.path, request.headers['content-type']], [golden.method, golden.path, golden['content-type']]);
  assert.deepEqual(Object.keys(request.form).toSorted(), Object.keys(golden.form).toSorted());
  assert.equal(request.form['grant_type'], golden.form['grant_type']);
  assert.equal(request.form['assertion']!.split('.').length, golden.form['assertion']!.split('.').length);
  assert.deepEqual(request.head, fillExchange(golden.head, file, undefined));
  const now = request.claims?.['iat'];
  assert.ok(typeof now === 'number' && Math.abs(now - Date.now() / 1000) < patienceSeconds, String(now));
  assert.deepEqual(request.claims, fillExchange(golden.claims, file, now));
});

function fillExchange(golden: Readonly<Record<string, string>>, file: ServiceAccountFile, now: number | undefined): unknown {
  const values: Readonly<Record<string, unknown>> = {
    '{private_key_id}': file.private_key_id,
    '{client_email}': file.client_email,
    '{token_uri}': file.token_uri,
    '{now}': now,
    '{now + 3600}': (now ?? 0) + 3600,
  };
  return Object.fromEntries(Object.entries(golden).map(([key, value]) => [key, value in values ? values[value] : value]));
}

test('an installation id is named as what it is, and a registration token too', async (context) => {
  const { sandbox, create } = await createFcmStage(context);
  const provider = create();
  const tokens = [randomInstallationId(), randomRegistrationToken()];
  for (const token of tokens) assert.equal((await provider.push(buildPush({ body: 'x' }, { token }), never)).kind, 'accepted');
  assert.deepEqual(
    sandbox.pushes.map(({ target, token }) => [target, token]),
    [
      ['fid', tokens[0]],
      ['token', tokens[1]],
    ],
  );
});
