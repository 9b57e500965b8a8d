import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { prosody } from '../../servers/real-servers.ts';
import { serverOrSkip } from '../../servers/server-or-skip.ts';
import { waitFor } from '../../helpers/wait-for.ts';

const program = fileURLToPath(new URL('../../../scripts/demo/main.ts', import.meta.url));
const closing = /^Done: .+ nothing is left behind\.$/m;

/** What must be in the telling, in this order, whatever the server. */
const steps = [
  /admin@chat\.test gets the form: “Set APNS certificate”$/,
  /Provider: +tigase:messenger:apns:1$/,
  /Certificate: what base64 prints of PushCertificate\.p12, \d+ bytes$/,
  /Password: +…$/,
  /Subject: UID=org\.example\.app, CN=Apple Push Services: org\.example\.app$/,
  /Topics: org\.example\.app$/,
  /Ends on: \d{4}-\d\d-\d\d$/,
  /Anna’s iPhone finds push\.chat\.test, which offers: tigase:messenger:apns:1$/,
  /Ben’s Android phone finds push\.chat\.test, which offers: fcm-xmpp-api$/,
  /Anna’s iPhone, token [0-9a-f]{6}…: node \S+$/,
  /Ben’s Android phone, token \S{6}…: node \S+$/,
  /Ben’s Android phone: enabled, offline$/,
  /APNs for Anna’s iPhone +FCM for Ben’s Android phone$/,
  /apns-topic: org\.example\.app +priority: HIGH$/,
  /apns-push-type: alert +ttl: 14[34]\d\ds$/,
  /"account": "ben@chat\.test",$/,
  /"body": "Lunch at noon\? ☕"$/,
  /"account": "anna@chat\.test",$/,
  /"body": "Lunch at noon\? ☕"$/,
  /the server got: result for Anna’s iPhone, result for Ben’s Android phone$/,
  /Anna’s iPhone can’t log in any more: not-authorized$/,
  /POST \/unregister-device\/push\.chat\.test$/,
  /"account": "anna@chat\.test",$/,
  /"device-token": "…"$/,
  /Reveille answers Anna’s iPhone: 200 \{"result":"success"\}$/,
  /the server got: item-not-found, and nothing went to APNs$/,
  /FCM answered: 404 UNREGISTERED$/,
  /Reveille forgot: Ben’s Android phone$/,
  /the server got: item-not-found$/,
  /the server publishes: nothing, for either$/,
  closing,
];

function assertTold(text: string): void {
  const lines = text.split('\n');
  let next = 0;
  for (const step of steps) {
    const found = lines.findIndex((line, n) => n >= next && step.test(line));
    assert.notEqual(found, -1, `after line ${next} there is no ${step}:\n${text}`);
    next = found + 1;
  }
  for (const line of lines) assert.ok(line.length <= 80, `wider than 80 columns: ${line}`);
}

/** Tokens are told in short, credentials not at all. */
function assertDiscreet(text: string): void {
  const shortened = [...text.matchAll(/token (\S{6})…/g)].map(([, start = '']) => start);
  // Of the two that are woken, and of the one that is only tried out.
  assert.equal(shortened.length, 3);
  for (const start of shortened) assert.equal(text.split(start).length, 2, `the token ${start}… is told once more`);
  assert.doesNotMatch(text, /PRIVATE KEY|Bearer |correct horse|(key|secret|password) = "[^…]/, 'a credential');
  assert.doesNotMatch(text, /battery staple|MII[\w+/]{40}|[\w+/]{65,}/, 'the certificate or its password');
}

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
  assertTold(told.text);
  assertDiscreet(told.text);
  assert.doesNotMatch(told.text, /\x1b/, 'colours in a pipe');
  assert.deepEqual(leftovers(), []);
});

test('the demo with Prosody does the same', { skip: await serverOrSkip(prosody.packages) }, async (t) => {
  const { told, status, leftovers } = play(t);
  assert.equal(await status(), 0, told.text);
  assert.match(told.text, /Prosody with mod_cloud_notify: chat\.test/);
  assertTold(told.text);
  assertDiscreet(told.text);
  assert.deepEqual(leftovers(), []);
});

test('push services that refuse everything end the demo with status 1 and the reason, for both phones', async (t) => {
  const { told, status, leftovers } = play(t, '--loopback', '--refuse');
  assert.equal(await status(), 1, told.text);
  const refused = 'wait/internal-server-error';
  const reason = `This step did not happen: the server got ${refused} for Anna’s iPhone, ${refused} for Ben’s Android phone`;
  assert.ok(told.text.replaceAll(/\s+/g, ' ').includes(reason), told.text);
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
