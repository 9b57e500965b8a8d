import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { prosody } from '../servers/real-servers.ts';
import { serverOrSkip } from '../servers/server-or-skip.ts';
import { waitFor } from '../servers/wait-for.ts';

const program = fileURLToPath(new URL('../../scripts/demo/main.ts', import.meta.url));
const closing = /^Done: .+ nothing is left behind\.$/m;

/** The demo in a pipe, with a folder of its own for everything temporary. */
function play(t: TestContext, ...args: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'reveille-demo-test-'));
  chmodSync(folder, 0o755);
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const child = spawn(process.execPath, [program, ...args], { env: { ...process.env, TMPDIR: folder }, stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => child.kill());
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const told = { text: '' };
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (told.text += text));
  return { child, told, leftovers: () => readdirSync(folder), status: async () => (await exited)[0] };
}

test('the demo with the loopback host does every step, ends with status 0 and leaves nothing behind', async (t) => {
  const { told, status, leftovers } = play(t, '--loopback');
  assert.equal(await status(), 0, told.text);
  assert.match(told.text, /bundled loopback XMPP host/);
  assert.match(told.text, /the server got: item-not-found, and nothing went to APNs/);
  assert.match(told.text, closing);
  assert.doesNotMatch(told.text, /\x1b/, 'colours in a pipe');
  assert.deepEqual(leftovers(), []);
});

test('the demo with Prosody does the same', { skip: await serverOrSkip(prosody.packages) }, async (t) => {
  const { told, status, leftovers } = play(t);
  assert.equal(await status(), 0, told.text);
  assert.match(told.text, /Prosody with mod_cloud_notify: chat\.test/);
  assert.match(told.text, closing);
  assert.deepEqual(leftovers(), []);
});

test('a push service that refuses everything ends the demo with status 1 and the reason', async (t) => {
  const { told, status, leftovers } = play(t, '--loopback', '--refuse');
  assert.equal(await status(), 1, told.text);
  assert.match(told.text, /This step did not happen: the server got wait\/internal-server-error/);
  assert.doesNotMatch(told.text, closing);
  assert.deepEqual(leftovers(), []);
});

test('an interrupt ends the demo, its processes and its folders', async (t) => {
  const { child, told, status, leftovers } = play(t, '--loopback');
  await waitFor('Reveille to be there', () => told.text.includes('reveille serve is ready'));
  child.kill('SIGINT');
  assert.equal(await status(), 1, told.text);
  assert.match(told.text, /ended by SIGINT/);
  assert.deepEqual(leftovers(), []);
});
