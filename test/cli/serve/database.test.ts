import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { apns, nodeOf, registerRequest } from '../../helpers/app.ts';
import { ask, createTestFolder, startServer, type TestServer } from '../../helpers/database/postgres.ts';
import { startXmppServer, type XmppServer } from '../../helpers/xmpp-server.ts';
import { waitFor } from '../../helpers/wait-for.ts';

const program = join(import.meta.dirname, '../../../src/main.ts');
const limitMs = 100_000;

interface Line {
  readonly event: string;
  readonly http?: string;
}

/** `reveille serve`, ready or not. */
interface Serving {
  readonly find: (event: string) => Line | undefined;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Settles when it has ended, with its exit code and what it wrote for people. */
  readonly ended: Promise<{ readonly code: number | null; readonly err: string }>;
}

let folder: string;
let postgres: TestServer;
let url: string;
let xmpp: XmppServer;

before(async () => {
  folder = await createTestFolder();
  postgres = await startServer('embedded');
});
beforeEach(async () => {
  url = await postgres.createDatabase();
  xmpp = await startXmppServer();
});
afterEach(() => xmpp.close());
after(async () => {
  await postgres.close();
  await rm(folder, { recursive: true });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}

async function serve(port: number): Promise<Serving> {
  const file = join(folder, 'reveille.toml');
  const provider = new URL('../../helpers/scripted-provider.ts', import.meta.url).pathname;
  await writeFile(
    file,
    `[component]\njid = "push.test"\nserver = "127.0.0.1:${xmpp.port}"\nsecret = "${xmpp.secret}"\n` +
      `[database]\nurl = "${url}"\n[http]\nlisten = "127.0.0.1:${port}"\n[providers."${apns}"]\nuse = "${provider}"\n`,
  );
  const child = spawn(process.execPath, [program, 'serve', '--config', file], { stdio: ['ignore', 'pipe', 'pipe'], timeout: limitMs });
  const lines: Line[] = [];
  let err = '';
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(JSON.parse(line) as Line));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  return {
    find: (event) => lines.find((line) => line.event === event),
    signal: (signal) => void child.kill(signal),
    ended: (once(child, 'close') as Promise<[number | null]>).then(([code]) => ({ code, err })),
  };
}

test('without its database serve is alive and not ready; it says ready when the database comes, and ends with 0', async () => {
  await postgres.stop();
  const port = await freePort();
  const serving = await serve(port);
  const get = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status;
  const peer = await xmpp.online();
  await waitFor('the reason', () => serving.find('database-awaited'));
  assert.deepEqual(await Promise.all(['/healthz', '/readyz', '/metrics'].map(get)), [200, 503, 200]);
  assert.equal(serving.find('ready'), undefined);
  await postgres.start();
  const { http } = await waitFor('ready', () => serving.find('ready'));
  assert.equal(http, `127.0.0.1:${port}`);
  assert.equal(await get('/readyz'), 200);
  nodeOf(await peer.ask(registerRequest('anna@example.net', apns, 'token')));
  serving.signal('SIGTERM');
  assert.deepEqual(await serving.ended, { code: 0, err: '' });
});

test('on SIGTERM while it waits for its database serve ends with 0', async () => {
  await postgres.stop();
  const serving = await serve(0);
  await waitFor('link and reason', () => serving.find('component-up') !== undefined && serving.find('database-awaited') !== undefined);
  serving.signal('SIGTERM');
  assert.deepEqual(await serving.ended, { code: 0, err: '' });
  assert.equal(serving.find('ready'), undefined);
  await xmpp.peers[0]!.untilClosed();
  assert.ok(xmpp.peers[0]!.hasEnded, 'the stream was closed properly');
  await postgres.start();
});

test('on SIGTERM while its database says nothing at all serve ends with 0', async () => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const address = silent.address();
  url = `postgres://reveille@127.0.0.1:${typeof address === 'object' ? address?.port : ''}/reveille`;
  const serving = await serve(0);
  await waitFor('the link', () => serving.find('component-up'));
  serving.signal('SIGTERM');
  assert.deepEqual(await serving.ended, { code: 0, err: '' });
  silent.close();
});

test('where the database that it waited for can not be used serve says why, and ends with 1', async () => {
  await ask(url, `CREATE TABLE migrations (number integer PRIMARY KEY, file text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`);
  await ask(url, `INSERT INTO migrations (number, file) VALUES (9999, 'later')`);
  await postgres.stop();
  const serving = await serve(0);
  await waitFor('link and reason', () => serving.find('component-up') !== undefined && serving.find('database-awaited') !== undefined);
  await postgres.start();
  const { code, err } = await serving.ended;
  assert.equal(code, 1);
  assert.match(err, /^reveille serve failed: the database was set up by a newer Reveille/);
  assert.ok(xmpp.peers[0]!.hasEnded, 'the stream was closed properly');
});
