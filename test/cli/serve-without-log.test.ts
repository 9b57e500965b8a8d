import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { anna, apns, nodeOf, registerRequest } from '../helpers/app.ts';
import { createTestFolder } from '../helpers/postgres.ts';
import { startXmppServer, type XmppServer } from '../helpers/xmpp-server.ts';
import { waitFor } from '../servers/wait-for.ts';

const main = join(import.meta.dirname, '../../src/main.ts');
const limitMs = 30_000;

let folder: string;
let server: XmppServer;
let file: string;
let port: number;
let child: ChildProcess;

beforeEach(async () => {
  folder = await createTestFolder();
  server = await startXmppServer();
  file = join(folder, 'reveille.toml');
  port = await freePort();
  await mkdir(join(folder, 'rest'));
  await writeFile(
    join(folder, 'rest/fail.js'),
    `export default async () => { setTimeout(() => { throw new Error('nobody catches this'); }, 1); return { status: 200, body: 'soon' }; };\n`,
  );
  const provider = new URL('../helpers/scripted-provider.ts', import.meta.url).pathname;
  await writeFile(
    file,
    `[component]\njid = "push.test"\nserver = "127.0.0.1:${server.port}"\nsecret = "${server.secret}"\n[log]\nlevel = "debug"\n` +
      `[database]\ndata-dir = "data"\n[http]\nlisten = "127.0.0.1:${port}"\nrest = "rest"\n[providers."${apns}"]\nuse = "${provider}"\n`,
  );
});
afterEach(async () => {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port: free } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return free;
}

async function start(output: 'pipe' | number): Promise<void> {
  child = spawn(process.execPath, [main, 'serve', '--config', file], { stdio: ['ignore', output, 'pipe'] });
  child.stderr?.resume();
  await waitFor('readiness', async () => ((await fetchReady())?.['status'] === 'ready' ? true : undefined), limitMs);
}

async function fetchReady(): Promise<Record<string, unknown> | undefined> {
  return fetch(`http://127.0.0.1:${port}/readyz`).then(
    (response) => response.json() as Promise<Record<string, unknown>>,
    () => undefined,
  );
}

async function assertPushes(): Promise<void> {
  const peer = await server.online(1);
  const node = nodeOf(await peer.ask(registerRequest(anna, apns, 'accept-1')));
  const answer = await peer.ask(
    `<iq type='set' id='pushed' from='example.net' to='push.test'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='${node}'><item/></publish></pubsub></iq>`,
  );
  assert.match(answer, /type="result"/);
}

/** Nobody is left behind: the database's server has taken its file away. */
async function assertEnds(exitCode: number): Promise<void> {
  const postmaster = join(folder, 'data/postgres/postmaster.pid');
  assert.ok(child.exitCode !== null || existsSync(postmaster));
  const code = child.exitCode ?? ((await once(child, 'exit')) as [number | null])[0];
  assert.equal(code, exitCode);
  assert.ok(!existsSync(postmaster), 'the embedded database was stopped');
}

describe('reveille serve', () => {
  test('whose log is read by nobody any more goes on, says so, and stops in order', async () => {
    await start('pipe');
    child.stdout?.destroy();
    await assertPushes();
    assert.match(String((await fetchReady())?.['log']), /^can't be written \(EPIPE\); \d+ lines are lost$/);
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    assert.match(metrics, /^reveille_log_lines_lost_total [1-9]/m);
    child.kill('SIGTERM');
    await assertEnds(0);
  });

  test('whose log is on a full disk goes on, says so, and stops in order', async () => {
    const full = openSync('/dev/full', 'w');
    await start(full);
    closeSync(full);
    await assertPushes();
    assert.match(String((await fetchReady())?.['log']), /ENOSPC/);
    child.kill('SIGTERM');
    await assertEnds(0);
  });

  test('goes on after SIGHUP, as from a terminal that is closed', async () => {
    const log = openSync(join(folder, 'log'), 'w');
    await start(log);
    closeSync(log);
    child.kill('SIGHUP');
    await waitFor('the line', () => (readFileSync(join(folder, 'log'), 'utf8').includes('"hangup"') ? true : undefined), limitMs);
    await assertPushes();
    child.kill('SIGTERM');
    await assertEnds(0);
  });

  test('drains and stops its database where an error is caught by nobody, and ends with 1', async () => {
    const log = openSync(join(folder, 'log'), 'w');
    await start(log);
    closeSync(log);
    const ended = assertEnds(1);
    const headers = { 'content-type': 'application/json' };
    const asked = await fetch(`http://127.0.0.1:${port}/rest/fail`, { method: 'POST', body: '{}', headers });
    assert.equal(asked.status, 200);
    await ended;
    assert.match(readFileSync(join(folder, 'log'), 'utf8'), /"program-failed"[^]*"stopped"/);
  });
});
