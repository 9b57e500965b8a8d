import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseOrder, usages } from '../../../scripts/demo/stay/switches.ts';
import { waitFor } from '../../helpers/wait-for.ts';

const program = fileURLToPath(new URL('../../../scripts/demo/main.ts', import.meta.url));

interface State {
  readonly providers: readonly { readonly use: string; readonly state: string; readonly words?: string }[];
}

interface History {
  readonly series: Readonly<Record<string, readonly (number | null)[]>>;
}

/** The demo that stays, in a process group of its own, as a terminal has it. */
function stay(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'reveille-stay-test-'));
  chmodSync(folder, 0o755);
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const env = { ...process.env, TMPDIR: folder };
  const child = spawn(process.execPath, [program, '--stay', '--loopback'], { env, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  t.after(() => child.kill());
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const told = { text: '' };
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (told.text += text));
  const find = (what: string, pattern: RegExp) => waitFor(what, () => pattern.exec(told.text)?.[1], 110_000);
  return { child, told, exited, find, leftovers: () => readdirSync(folder) };
}

test('the demo stays, shows the page and its token, breaks what one types, and ends cleanly by Ctrl-C', async (t) => {
  const { child, told, exited, find, leftovers } = stay(t);
  const page = await find('the address of the page', /The status page: (http:\S+)/);
  const token = await find('the token', /Its token: (\S+)/);
  const ask = async <T>(path: string): Promise<T> => {
    const answer = await fetch(`${page}api/${path}`, { headers: { authorization: `Bearer ${token}` } });
    assert.equal(answer.status, 200);
    return (await answer.json()) as T;
  };
  const apns = async () => (await ask<State>('state')).providers.find(({ use }) => use === 'apns');
  const total = async (name: string) =>
    (await ask<History>('history?range=5m')).series[name]?.reduce<number>((sum, value) => sum + (value ?? 0), 0) ?? 0;

  await waitFor('pushes to be accepted', async () => (await total('accepted')) > 0);
  assert.equal((await apns())?.state, 'working');
  child.stdin.write('apns refusing\n');
  await find('the demo to say so', /(APNs: refusing)/);
  await waitFor('Reveille to see it', async () => (await apns())?.words?.includes('BadCertificate'));
  child.stdin.write('what?\ndead\n');
  await find('somebody to delete the app', /(no app any more: its token is dead)/);
  assert.equal(told.text.split('Type one of these').length, 3, 'what is no order is answered with the orders');

  assert.ok(child.pid !== undefined);
  process.kill(-child.pid, 'SIGINT');
  const [status] = await exited;
  assert.equal(status, 0, told.text);
  assert.match(told.text, /^Done: it stayed .+ nothing is left behind\.$/m);
  assert.match(told.text, /token = "…"/);
  for (const line of told.text.split('\n')) assert.ok(line.length <= 80, `wider than 80 columns: ${line}`);
  assert.deepEqual(leftovers(), []);
});

test('every order that the demo tells of is understood, and nothing else is', () => {
  for (const [typed] of usages) assert.ok(parseOrder(` ${typed.toUpperCase()} `), typed);
  assert.deepEqual(parseOrder('fcm slow'), { kind: 'condition', service: 'google', condition: 'slow' });
  for (const line of ['', 'apns', 'apns up', 'webpush down', 'apns down now', 'end it']) assert.equal(parseOrder(line), undefined, line);
});
