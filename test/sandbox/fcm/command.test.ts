import assert from 'node:assert/strict';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { connect, type ClientHttp2Session } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import test, { type TestContext } from 'node:test';
import { parse } from 'smol-toml';
import { giveFcm, parseFcmSwitch } from '../../../src/sandbox/fcm/switches.ts';
import type { ServiceAccountFile } from '../../../src/sandbox/fcm/sandbox-fcm.ts';
import {
  buildAssertion,
  buildForm,
  createSandbox,
  createSender,
  formHeaders,
  goodMessage,
  request,
  sendPath,
  type Json,
} from './client.ts';

const module = new URL('../../../src/cli/sandbox/sandbox.ts', import.meta.url).href;
const program = `process.exitCode = await (await import(${JSON.stringify(module)})).sandbox(process.argv.slice(1));`;

interface Running {
  readonly child: ChildProcessByStdio<null, Readable, null>;
  readonly nextLine: () => Promise<string>;
}

/** The command on free ports, with a folder of its own. */
function start(context: TestContext, ...args: string[]): Running {
  const folder = mkdtempSync(join(tmpdir(), 'reveille-sandbox-'));
  const all = ['--listen', '127.0.0.1:0', '--fcm-listen', '127.0.0.1:0', '--dir', folder, ...args];
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, '--', ...all], { stdio: ['ignore', 'pipe', 'inherit'] });
  context.after(() => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return { child, nextLine: async () => String((await lines.next()).value) };
}

/** Sends messages as the service account of the file, over node:http2. */
async function createFileSender(context: TestContext, endpoint: string, accountFile: string, caFile: string) {
  const account = JSON.parse(readFileSync(accountFile, 'utf8')) as ServiceAccountFile;
  const open = (origin: string): ClientHttp2Session => {
    const session = connect(origin, { ca: readFileSync(caFile) });
    // The command may end, and its connections with it, before the test does.
    session.on('error', () => undefined);
    context.after(() => session.destroy());
    return session;
  };
  const { body } = await request(open(account.token_uri), formHeaders, buildForm(buildAssertion(account)));
  const session = open(endpoint);
  const authorization = `Bearer ${String(body?.['access_token'])}`;
  return () => request(session, { ':path': sendPath, authorization }, JSON.stringify({ message: goodMessage }));
}

test('the FCM table it prints leads to the service, and each message is one line without its body', async (context) => {
  const { child, nextLine } = start(context);
  const text: string[] = [];
  while (!text.at(-1)?.includes('cert-password')) text.push(await nextLine());
  await nextLine();
  assert.match(
    text[0] ?? '',
    /^APNs sandbox at https:\/\/localhost:\d+, FCM sandbox at https:\/\/localhost:\d+, Web Push sandbox at https:\/\/localhost:\d+$/,
  );
  const { providers } = parse(text.slice(1).join('\n')) as { providers: Record<string, Record<string, string>> };
  const { use, endpoint = '', 'service-account-file': accountFile = '', 'ca-file': caFile = '' } = providers['fcm-xmpp-api'] ?? {};
  assert.equal(use, 'fcm');
  assert.equal(statSync(accountFile).mode & 0o777, 0o600);
  const send = await createFileSender(context, endpoint, accountFile, caFile);
  assert.equal((await send()).status, 200);
  const line = await nextLine();
  assert.match(line, /^200 {2}message {2}sandbox-project {2}token [\w-]{6}… {2}20 bytes$/);
  child.kill('SIGTERM');
  assert.equal((await once(child, 'exit'))[0], 0);
});

test('with --json both services are named, misbehaviours of both hosts are done, and a refused token exchange is told', async (context) => {
  const orders = [
    '--misbehave-fcm',
    'token-answer=invalid_grant@1',
    '--misbehave-fcm',
    'answer=UNAVAILABLE:30@1',
    '--misbehave-fcm',
    'delay=1@2',
  ];
  const { child, nextLine } = start(context, '--json', '--show-payload', ...orders);
  const next = async () => JSON.parse(await nextLine()) as Json;
  const { fcmEndpoint, tokenUri, projectId, serviceAccountFile, caFile, ...rest } = await next();
  assert.deepEqual([rest['event'], projectId], ['ready', 'sandbox-project']);
  const files = [String(fcmEndpoint), String(serviceAccountFile), String(caFile)] as const;
  assert.equal((await (await createFileSender(context, ...files))()).status, 401);
  const refused = { event: 'token', service: 'fcm', status: 400, error: 'invalid_grant', description: 'Invalid JWT Signature.' };
  assert.deepEqual(await next(), refused);
  const send = await createFileSender(context, ...files);
  const first = await send();
  assert.deepEqual([first.status, first.headers['retry-after'], (await send()).status], [503, '30', 200]);
  const lines = [await next(), await next(), await next()];
  assert.deepEqual(
    lines.map(({ service, status, reason }) => [service, status, reason]),
    [
      ['fcm', 401, 'UNAUTHENTICATED'],
      ['fcm', 503, 'UNAVAILABLE'],
      ['fcm', 200, undefined],
    ],
  );
  assert.deepEqual(lines[2]?.['payload'], goodMessage['data']);
  assert.match(String(tokenUri), /^https:\/\/localhost:\d+\/token$/);
  child.kill('SIGINT');
  assert.equal((await once(child, 'exit'))[0], 0);
});

test('switches for FCM are read by the same rules, and a wrong one is refused with its usage', () => {
  const always = { times: Infinity };
  for (const [text, order] of [
    ['delay=50', { told: { kind: 'delay', ms: 50 }, scope: always }],
    ['answer=UNREGISTERED@3', { told: { kind: 'answer', status: 404, errorCode: 'UNREGISTERED' }, scope: { after: 2 } }],
    ['answer=QUOTA_EXCEEDED:30', { told: { kind: 'answer', status: 429, errorCode: 'QUOTA_EXCEEDED', retryAfter: 30 }, scope: always }],
    ['unknown-reason=500', { told: { kind: 'answer', status: 500, errorCode: 'NEVER_HEARD_OF' }, scope: always }],
    ['page', { told: { kind: 'answer', status: 502 }, scope: always }],
    ['truncated=INTERNAL@2+', { told: { kind: 'truncate', status: 500, errorCode: 'INTERNAL' }, scope: { after: 1, times: Infinity } }],
    ['goaway=1', { told: { kind: 'goaway', code: 1, reason: 'exceeded_max_concurrent_streams' }, scope: always }],
    ['goaway=11@5-8', { told: { kind: 'goaway', code: 11 }, scope: { after: 4, times: 4 } }],
    ['expire-token', { told: { kind: 'expire-token' }, scope: always }],
    ['limit-falls', { habit: 'limit-falls' }],
  ] as const)
    assert.deepEqual(parseFcmSwitch(text), { host: 'messages', order }, text);
  assert.deepEqual(parseFcmSwitch('token-silence@1'), { host: 'tokens', order: { told: { kind: 'silence' }, scope: { after: 0 } } });
  const wrong = [
    'delay',
    'answer=Nonsense',
    'answer=INTERNAL:soon',
    'token-answer=x',
    'token-limit-late',
    'token-',
    'goaway=x',
    'page=200',
    '',
  ];
  for (const text of wrong) assert.throws(() => parseFcmSwitch(text), /^Error: --misbehave-fcm .*expected/, text);
});

test('Retry-After as a date is ordered in seconds from now', () => {
  const { order } = parseFcmSwitch('answer=UNAVAILABLE:date+3600');
  assert.ok('told' in order && order.told.kind === 'answer' && order.told.retryAfter instanceof Date);
  assert.ok(order.told.retryAfter.getTime() > Date.now() + 3_000_000);
});

test('what is ordered is done at its host', async (context) => {
  const sandbox = await createSandbox(context);
  giveFcm(parseFcmSwitch('token-page@2'), sandbox);
  giveFcm(parseFcmSwitch('answer=SENDER_ID_MISMATCH@1'), sandbox);
  const { send } = await createSender(context, sandbox);
  assert.deepEqual([(await send()).status, (await send()).status], [403, 200]);
  await assert.rejects(createSender(context, sandbox), /no access token/);
});
