import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { anna, apns, nodeOf, registerRequest } from '../../helpers/app.ts';
import { createTestFolder } from '../../helpers/database/postgres.ts';
import { layUsedDatabase } from '../../helpers/database/used-database.ts';
import { startXmppServer } from '../../helpers/xmpp-server.ts';
import { listServers } from '../../registry/embedded/processes.ts';
import { freePorts } from '../../servers/daemon.ts';
import { waitFor } from '../../helpers/wait-for.ts';

export const main = join(import.meta.dirname, '../../../src/main.ts');
const limitMs = 30_000;

/** Handlers that the tests need to make an administrator's code go wrong. */
const handlers = {
  fail: `setTimeout(() => { throw new Error('nobody catches this'); }, 1);`,
  // Often enough for one to come while everything is being drained.
  'fail-on': `setInterval(() => { throw new Error('nobody catches this'); }, 1);`,
  reject: `setTimeout(() => { void Promise.reject(new Error('nobody catches this')); }, 1);`,
  exit: `setTimeout(() => process.exit(3), 1);`,
};

/** `reveille serve` on an embedded database, and what it leaves behind. */
export interface Serving {
  readonly folder: string;
  readonly file: string;
  readonly child: ChildProcess;
  /** Where its log goes where `start` was not told. */
  readonly logFile: string;
  /** Settles once it is ready. `command` runs in front of it. */
  start(output?: 'pipe' | number, command?: readonly string[]): Promise<void>;
  readReady(): Promise<Record<string, unknown> | undefined>;
  readMetrics(): Promise<string>;
  /** Asks a handler to go wrong. */
  provoke(handler: keyof typeof handlers): Promise<void>;
  /** A device registers, and its push is accepted. */
  assertPushes(): Promise<void>;
  untilLogged(event: string): Promise<void>;
  /** With that exit code, or one of those, and no database left behind. */
  assertEnds(...exitCodes: readonly number[]): Promise<void>;
  close(): Promise<void>;
}

export async function createServing(): Promise<Serving> {
  const folder = await createTestFolder();
  const server = await startXmppServer();
  const { port } = await freePorts('port');
  const file = join(folder, 'reveille.toml');
  const logFile = join(folder, 'log');
  await mkdir(join(folder, 'rest'));
  await layUsedDatabase(join(folder, 'data'));
  for (const [name, body] of Object.entries(handlers)) {
    await writeFile(join(folder, `rest/${name}.js`), `export default async () => { ${body} return { status: 200, body: 'soon' }; };\n`);
  }
  const provider = new URL('../../helpers/scripted-provider.ts', import.meta.url).pathname;
  await writeFile(
    file,
    `[component]\njid = "push.test"\nserver = "127.0.0.1:${server.port}"\nsecret = "${server.secret}"\n[log]\nlevel = "debug"\n` +
      `[database]\ndata-dir = "data"\n[http]\nlisten = "127.0.0.1:${port}"\nrest = "rest"\n[providers."${apns}"]\nuse = "${provider}"\n`,
  );
  let child: ChildProcess;
  let pushed = 0;
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const readReady = () =>
    fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(limitMs) }).then(
      (response) => response.json() as Promise<Record<string, unknown>>,
      () => undefined,
    );
  return {
    folder,
    file,
    logFile,
    get child() {
      return child;
    },
    readReady,
    async start(output, command = [process.execPath, main, 'serve', '--config', file]) {
      const log = output ?? openSync(logFile, 'a');
      const [program = '', ...args] = command;
      child = spawn(program, args, { stdio: ['pipe', log, 'pipe'], detached: true });
      if (output === undefined) closeSync(log as number);
      child.stderr?.resume();
      await waitFor('readiness', async () => (await readReady())?.['status'] === 'ready', limitMs);
    },
    readMetrics: async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text(),
    async provoke(handler) {
      const headers = { 'content-type': 'application/json' };
      const { status } = await fetch(`http://127.0.0.1:${port}/rest/${handler}`, { method: 'POST', body: '{}', headers });
      assert.equal(status, 200);
    },
    async assertPushes() {
      const peer = await server.online(1);
      const node = nodeOf(await peer.ask(registerRequest(anna, apns, `accept-${(pushed += 1)}`)));
      const answer = await peer.ask(
        `<iq type='set' id='pushed-${pushed}' from='example.net' to='push.test'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='${node}'><item/></publish></pubsub></iq>`,
      );
      assert.match(answer, /type="result"/);
    },
    untilLogged: (event) =>
      waitFor(`the line ${event}`, () => readFileSync(logFile, 'utf8').includes(`"${event}"`), limitMs).then(() => undefined),
    async assertEnds(...exitCodes) {
      if (!hasEnded()) await once(child, 'exit', { signal: AbortSignal.timeout(limitMs) });
      assert.ok(exitCodes.includes(child.exitCode ?? -1), `ended with ${child.exitCode ?? child.signalCode}`);
      // Told to end where nobody could wait for it.
      await waitFor('the end of the database', () => listServers(join(folder, 'data')).length === 0, limitMs);
      assert.ok(!existsSync(join(folder, 'data/postgres/postmaster.pid')), 'it stopped in order');
    },
    async close() {
      const exited = hasEnded() ? undefined : once(child, 'exit');
      for (const pid of [-(child.pid ?? 0), ...listServers(join(folder, 'data'))]) endProcess(pid);
      await exited;
      await waitFor('the end of the database', () => listServers(join(folder, 'data')).length === 0, limitMs);
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Whatever a failed test left behind. */
function endProcess(pid: number): void {
  try {
    if (pid !== 0) process.kill(pid, 'SIGKILL');
  } catch {
    // gone, as it has to be
  }
}
