import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { createTestFolder } from '../helpers/database/postgres.ts';
import { layUsedDatabase } from '../helpers/database/used-database.ts';
import { listServers } from '../registry/embedded/processes.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { reveille } from './reveille.ts';
import { main } from './serve/serving.ts';

const timeout = 60_000;

let folder: string;
let config: string;
before(async () => {
  folder = await createTestFolder();
  await layUsedDatabase(join(folder, 'data'));
  config = join(folder, 'reveille.toml');
  await writeFile(
    config,
    `[component]\njid = "push.test"\nserver = "127.0.0.1:1"\nsecret = "pass the word"\n[database]\ndata-dir = "data"\n[providers.plain]\nuse = "log"\n`,
  );
  assert.equal((await reveille(['migrate', '--config', config])).exitCode, 0);
});
after(() => rm(folder, { recursive: true }));

/** The exit code, and what is on the stream that still has a reader. */
async function runWithout(stream: 'stdout' | 'stderr', args: readonly string[]): Promise<[exitCode: number | null, told: string]> {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'], timeout });
  child[stream].destroy();
  const ended = once(child, 'exit') as Promise<[number | null]>;
  const told = await text(stream === 'stdout' ? child.stderr : child.stdout);
  return [(await ended)[0], told];
}

describe('a command whose output is read by nobody any more ends as ever, and without a word', () => {
  const calls: Readonly<Record<string, () => readonly [args: readonly string[], exitCode: number]>> = {
    help: () => [['--help'], 0],
    check: () => [['check', '--config', config], 0],
    migrate: () => [['migrate', '--config', config], 0],
    'devices count': () => [['devices', 'count', '--config', config], 0],
    // The XMPP server is missing.
    doctor: () => [['doctor', '--config', config], 1],
    backup: () => [['backup', '--config', config, '--to', join(folder, 'backup')], 0],
    push: () => [['push', '--config', config, '--provider', 'plain', '--token', 'one-of-the-tokens'], 0],
  };
  for (const [name, build] of Object.entries(calls)) {
    test(name, async () => {
      const [args, exitCode] = build();
      assert.deepEqual(await runWithout('stdout', args), [exitCode, '']);
      assert.deepEqual(listServers(join(folder, 'data')), []);
    });
  }

  test('where it is the errors that nobody reads', async () => {
    assert.deepEqual(await runWithout('stderr', ['check', '--colour']), [2, '']);
  });
});

describe('a command that is ended in the middle of its work', () => {
  for (const [signal, exitCode] of [
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGQUIT', 131],
    ['SIGTERM', 143],
  ] as const) {
    // prettier-ignore
    test(`leaves no database behind: ${signal}`, async () => {
      const child = spawn(process.execPath, [main, 'migrate', '--config', config], { stdio: ['ignore', 'pipe', 'inherit'], timeout });
      child.stdout.on('data', (line: Buffer) => line.includes('database-started') && child.kill(signal));
      const [code] = (await once(child, 'exit')) as [number | null];
      assert.equal(code, exitCode);
      await waitFor('the end of the database', () => listServers(join(folder, 'data')).length === 0);
    });
  }

  test('in order where it can: a backup that a terminal takes with it leaves no file', async () => {
    const path = join(folder, 'interrupted');
    const child = spawn(process.execPath, [main, 'backup', '--config', config, '--to', path], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout,
    });
    await waitFor('the server', () => listServers(join(folder, 'data')).length > 0);
    child.kill('SIGHUP');
    const [told, [code]] = await Promise.all([text(child.stderr), once(child, 'exit') as Promise<[number | null]>]);
    assert.equal(code, 1);
    assert.match(told, /interrupted/);
    assert.deepEqual(listServers(join(folder, 'data')), []);
  });

  test('the sandbox ends in order by SIGHUP', async () => {
    const child = spawn(process.execPath, [main, 'sandbox', '--dir', join(folder, 'sandbox'), '--json'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout,
    });
    child.stdout.once('data', () => child.kill('SIGHUP'));
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });
});
