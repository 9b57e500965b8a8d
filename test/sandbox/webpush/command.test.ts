import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import test, { type TestContext } from 'node:test';
import { parse } from 'smol-toml';
import create from '../../../providers/webpush/index.ts';
import { describeAnswer, encodeAnswer, reportWebpush } from '../../../src/sandbox/answer-line.ts';
import { parseSandboxSettings } from '../../../src/cli/sandbox/settings.ts';
import { buildPush, captureTools, never } from '../../providers/kit.ts';

const module = new URL('../../../src/cli/sandbox/sandbox.ts', import.meta.url).href;
const program = `process.exitCode = await (await import(${JSON.stringify(module)})).sandbox(process.argv.slice(1));`;

/** The command on free ports, with a folder of its own. */
function start(context: TestContext, ...args: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'reveille-sandbox-'));
  const all = ['--listen', '127.0.0.1:0', '--dir', folder, ...args];
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, '--', ...all], { stdio: ['ignore', 'pipe', 'inherit'] });
  context.after(() => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return { child, folder, nextLine: async () => String((await lines.next()).value) };
}

test('the table it prints leads to the service, and its two device tokens can be pushed to; each push is one line', async (context) => {
  const { child, nextLine } = start(context, '--misbehave-webpush', 'answer=410@2');
  const text: string[] = [];
  while (!text.at(-1)?.includes('cert-password')) text.push(await nextLine());
  await nextLine();
  const { use, ...options } =
    (parse(text.slice(1).join('\n')) as { providers: Record<string, Record<string, unknown>> }).providers['webpush'] ?? {};
  assert.equal(use, 'webpush');
  assert.equal(statSync(String(options['vapid-key-file'])).mode & 0o777, 0o600);
  const [browser, unifiedPush] = text.slice(text.findIndex((line) => line.startsWith('# device tokens')) + 1).map((line) => line.slice(2));
  assert.match(
    browser ?? '',
    /^\{"endpoint":"https:\/\/localhost:\d+\/push\/[\w-]{22}","expirationTime":null,"keys":\{"p256dh":"[\w-]{87}","auth":"[\w-]{22}"\}\}$/,
  );
  assert.match(unifiedPush ?? '', /^https:\/\/localhost:\d+\/push\/[\w-]{22}$/);
  const provider = create({ ...options, proxy: [] }, { ...captureTools('').tools, resolvePath: (path) => path });
  const push = (token: string | undefined) =>
    provider.push(buildPush({ messageCount: 1, sender: 'ben@example.org', body: 'hush' }, { token: token ?? '' }), never);
  assert.deepEqual(
    [await push(browser), await push(browser), await push(unifiedPush)],
    [{ kind: 'accepted' }, { kind: 'gone' }, { kind: 'accepted' }],
  );
  await provider.close();
  assert.match(await nextLine(), /^201 {2}message {2}high {2}token [\w-]{6}… {2}\d+ bytes$/);
  assert.match(await nextLine(), /^410 {2}ordered-410 {2}message {2}high {2}token [\w-]{6}… {2}\d+ bytes$/);
  assert.match(await nextLine(), /^201 {2}message {2}high/);
  child.kill('SIGTERM');
  assert.equal((await once(child, 'exit'))[0], 0);
});

test('with --json programs are told where it is, what to register and which key it takes, and see the text of each push', async (context) => {
  const { child, folder, nextLine } = start(context, '--json', '--show-payload');
  const ready = JSON.parse(await nextLine()) as Record<string, unknown>;
  assert.deepEqual([ready['event'], ready['vapidKeyFile']], ['ready', join(folder, 'vapid.pem')]);
  assert.match(readFileSync(String(ready['vapidKeyFile']), 'utf8'), /^-----BEGIN PRIVATE KEY-----/);
  assert.match(String(ready['applicationServerKey']), /^B[\w-]{86}$/);
  const options = {
    'vapid-key-file': ready['vapidKeyFile'],
    'ca-file': ready['caFile'],
    subject: 'mailto:a@example.org',
    'allow-private': ['localhost'],
    proxy: [],
  };
  const provider = create(options, { ...captureTools('').tools, resolvePath: (path) => path });
  const push = buildPush({ messageCount: 1, sender: 'ben@example.org', body: 'hush' }, { token: JSON.stringify(ready['subscription']) });
  assert.equal((await provider.push(push, never)).kind, 'accepted');
  await provider.close();
  const { service, status, urgency, payload } = JSON.parse(await nextLine()) as Record<string, unknown>;
  assert.deepEqual([service, status, urgency], ['webpush', 201, 'high']);
  assert.equal((payload as Record<string, unknown>)['body'], 'hush');
  child.kill('SIGINT');
  assert.equal((await once(child, 'exit'))[0], 0);
});

test('its ports are its own: as said, beside the others, or free where those are', () => {
  assert.deepEqual(parseSandboxSettings([]).webpush, { host: '127.0.0.1', port: 2199 });
  assert.deepEqual(parseSandboxSettings(['--listen', '[::1]:0']).webpush, { host: '127.0.0.1', port: 0 });
  assert.deepEqual(parseSandboxSettings(['--webpush-listen', '[::1]:9']).webpush, { host: '::1', port: 9 });
  assert.throws(() => parseSandboxSettings(['--webpush-listen', '9']), /--webpush-listen 9: expected HOST:PORT/);
});

test('a text that is no JSON is shown as it is, and only where asked for', () => {
  const answer = { id: 'x', status: 201, reason: undefined, token: 'abcdefgh', urgency: 'low', topic: 't', bytes: 5, text: 'hello' };
  const report = reportWebpush(answer);
  assert.equal(describeAnswer(report, true), '201  message  low  token abcdef…  5 bytes  {"text":"hello"}');
  assert.equal(describeAnswer(report, false), '201  message  low  token abcdef…  5 bytes');
  assert.deepEqual(JSON.parse(encodeAnswer(report, false)), {
    event: 'push',
    service: 'webpush',
    status: 201,
    case: 'message',
    urgency: 'low',
    topic: 't',
    token: 'abcdef',
    bytes: 5,
  });
  assert.equal(reportWebpush({ ...answer, text: '[1]' }).payload?.['text'], '[1]');
  assert.equal(reportWebpush({ ...answer, text: undefined }).payload, undefined);
});
