import assert from 'node:assert/strict';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import test, { type TestContext } from 'node:test';
import { parse } from 'smol-toml';
import create from '../../providers/apns/index.ts';
import { buildPush, captureTools, never } from '../providers/kit.ts';
import { send } from './client.ts';

const module = new URL('../../src/cli/sandbox/sandbox.ts', import.meta.url).href;
const program = `process.exitCode = await (await import(${JSON.stringify(module)})).sandbox(process.argv.slice(1));`;

type Child = ChildProcessByStdio<null, Readable, Readable>;

function start(context: TestContext, ...args: string[]): Child {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, '--', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  context.after(() => child.kill('SIGKILL'));
  return child;
}

function createFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'reveille-sandbox-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function run(context: TestContext, ...args: string[]) {
  const child = start(context, ...args);
  const texts = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (texts.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (texts.err += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...texts };
}

test('the provider table it prints works as it stands, and each push is one line without its body', async (context) => {
  const folder = createFolder(context);
  const child = start(context, '--listen', '127.0.0.1:0', '--dir', folder);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const text: string[] = [];
  while (!text.at(-1)?.includes('cert-password')) text.push(String((await lines.next()).value));
  const { providers } = parse(text.slice(1).join('\n')) as { providers: Record<string, Record<string, unknown>> };
  const { use, ...options } = providers['tigase:messenger:apns:1'] ?? {};
  assert.equal(use, 'apns');
  const provider = create(options, { ...captureTools('').tools, resolvePath: (path) => path });
  const push = buildPush({ messageCount: 1, sender: 'ben@example.org', body: 'hush' });
  assert.equal((await provider.push(push, never)).kind, 'accepted');
  await provider.close();
  await lines.next();
  const line = String((await lines.next()).value);
  assert.match(line, /^200 {2}message {2}org\.example\.app {2}token [0-9a-f]{6}… {2}\d+ bytes$/);
  assert.ok(line.includes(push.token.slice(0, 6)));
  child.kill('SIGTERM');
  const [code] = (await once(child, 'exit')) as [number | null];
  assert.equal(code, 0);
});

test('with --json every line is an object; the files can be read by their owner only; a misbehaviour is done', async (context) => {
  const folder = createFolder(context);
  const child = start(
    context,
    '--listen',
    '127.0.0.1:0',
    '--dir',
    folder,
    '--json',
    '--misbehave',
    'answer=Shutdown@1',
    '--misbehave',
    'limit-falls',
    '--show-payload',
  );
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const ready = JSON.parse(String((await lines.next()).value)) as Record<string, string>;
  for (const name of ['caFile', 'keyFile', 'p12File']) assert.equal(statSync(ready[name] ?? '').mode & 0o777, 0o600);
  const provider = create(
    { 'cert-file': ready['p12File'], 'cert-password': 'sandbox', 'ca-file': ready['caFile'], endpoint: ready['endpoint'] },
    { ...captureTools('').tools, resolvePath: (path) => path },
  );
  for (const expected of ['retry', 'accepted']) assert.equal((await provider.push(buildPush({ body: 'x' }), never)).kind, expected);
  await provider.close();
  const [first, second] = [await lines.next(), await lines.next()].map(({ value }) => JSON.parse(String(value)) as Record<string, unknown>);
  assert.deepEqual([first?.['status'], first?.['reason'], second?.['status']], [503, 'Shutdown', 200]);
  assert.equal((second?.['payload'] as { body?: string }).body, 'x');
  child.kill('SIGINT');
  assert.deepEqual((await once(child, 'exit'))[0], 0);
});

test('an unknown option, a wrong switch or a wrong address: exit 2 and one line', async (context) => {
  for (const args of [
    ['--colour'],
    ['--misbehave', 'sulk'],
    ['--misbehave-fcm', 'sulk'],
    ['--misbehave-fcm', 'token-sulk'],
    ['--misbehave-fcm', 'token-answer'],
    ['--listen', 'nowhere'],
    ['--fcm-listen', 'nowhere'],
    ['--fcm-token-listen', 'nowhere:x'],
    ['left-over'],
  ]) {
    const { code, out, err } = await run(context, ...args);
    assert.deepEqual([code, out], [2, ''], err);
    assert.match(err, /^reveille sandbox: [^\n]+\n$/);
  }
});

test('--help names every option', async (context) => {
  const { code, out } = await run(context, '--help');
  assert.equal(code, 0);
  const own = ['--listen', '--dir', '--topic', '--misbehave', '--show-payload', '--json'];
  for (const option of [...own, '--fcm-listen', '--fcm-token-listen', '--misbehave-fcm']) assert.ok(out.includes(option), option);
  for (const name of ['answer=REASON[:RETRY-AFTER]', 'token-silence', 'limit-falls']) assert.ok(out.includes(name), name);
});

test('a port that is taken: exit 1 and one line', async (context) => {
  const folder = createFolder(context);
  const child = start(context, '--listen', '127.0.0.1:0', '--dir', folder, '--json');
  const { value } = await createInterface(child.stdout)[Symbol.asyncIterator]().next();
  const { port } = new URL((JSON.parse(String(value)) as { endpoint: string }).endpoint);
  const { code, err } = await run(context, '--listen', `127.0.0.1:${port}`, '--dir', createFolder(context));
  assert.equal(code, 1);
  assert.match(err, /EADDRINUSE/);
});

test('a client of any kind is served while it runs', async (context) => {
  const folder = createFolder(context);
  const child = start(context, '--listen', '127.0.0.1:0', '--dir', folder, '--json');
  const { value } = await createInterface(child.stdout)[Symbol.asyncIterator]().next();
  const { endpoint } = JSON.parse(String(value)) as { endpoint: string };
  const session = connect(endpoint, { ca: readFileSync(join(folder, 'ca.pem')) });
  context.after(() => session.destroy());
  assert.deepEqual((await send(session, {})).body, { reason: 'MissingProviderToken' });
});
