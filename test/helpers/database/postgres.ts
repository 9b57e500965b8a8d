import { AsyncResource } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { Client, escapeIdentifier } from 'pg';
import { runProgram, type ProgramResult } from '../../../src/registry/embedded/process/run-program.ts';
import type { ServerUser } from '../../../src/registry/embedded/process/run-program.ts';
import { findServerUser } from '../../../src/registry/embedded/process/server-user.ts';
import { startEmbedded } from '../../../src/registry/embedded/start-embedded.ts';
import { createLog } from '../../../src/log/log.ts';
import { layCluster, layUsedDatabase } from './used-database.ts';

const silent = createLog('silent');
const limitMs = 120_000;
const installLimitMs = 300_000;
const debianFolder = '/usr/lib/postgresql';

/** A real server on a temporary folder. */
export interface TestServer {
  /** An empty database of its own. */
  createDatabase(): Promise<string>;
  /** Ends the server without closing it for good; `start` brings it back with its data. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Ends the server and removes its folder. */
  close(): Promise<void>;
}

export type Engine = 'embedded' | 'debian';

/** Why tests of an engine can't run here; undefined when they can. In CI nothing is skipped. */
export async function explainMissing(engine: Engine): Promise<string | undefined> {
  if (engine === 'embedded' || findDebianFolder() !== undefined) return undefined;
  if (process.getuid?.() === 0) await installDebianPostgres();
  if (findDebianFolder() !== undefined) return undefined;
  const reason = `no PostgreSQL under ${debianFolder}: apt-get install postgresql-15`;
  if (process.env['CI'] !== undefined) throw new Error(reason);
  return reason;
}

export function startServer(engine: Engine): Promise<TestServer> {
  return engine === 'embedded' ? startEmbeddedPostgres() : startDebianPostgres();
}

/** An empty database for a test that only needs one: on a server of its own where the engine matters, else on one that is shared. */
export async function createTestDatabase(engine?: Engine): Promise<{ url: string; close(): Promise<void> }> {
  if (engine === undefined) return createSharedDatabase();
  const server = await startServer(engine);
  return { url: await server.createDatabase(), close: () => server.close() };
}

/** How `npm test` tells where its own server is: the URL of its database NAME. */
export const sharedServerVariable = 'TEST_DATABASE_SERVER';

let ownServer: Promise<TestServer> | undefined;
/** Of the file: called within a hook or a test, `after` means the end of that. */
const afterAll = AsyncResource.bind((close: () => Promise<void>): void => after(close));

/** On the server that `npm test` started, or else on one that this process starts for all its tests and closes after them. */
async function createSharedDatabase(): Promise<{ url: string; close(): Promise<void> }> {
  const shared = process.env[sharedServerVariable];
  if (shared === undefined) {
    ownServer ??= startOwnServer();
    return { url: await (await ownServer).createDatabase(), close: () => Promise.resolve() };
  }
  const urlOf = (name: string): string => shared.replace('NAME', name);
  const url = await createDatabase(urlOf, 'postgres');
  const name = new URL(url).pathname.slice(1);
  const drop = `DROP DATABASE ${escapeIdentifier(name)} WITH (FORCE)`;
  return { url, close: () => ask(urlOf('postgres'), drop).then(() => undefined) };
}

async function startOwnServer(): Promise<TestServer> {
  const server = await startEmbeddedPostgres();
  afterAll(() => server.close());
  return server;
}

/** A temporary folder that the server's user can enter as well. Removed by whoever asked for it. */
export async function createTestFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'reveille-test-'));
  await chmod(folder, 0o711);
  return folder;
}

export async function startEmbeddedPostgres(): Promise<TestServer> {
  const folder = await createTestFolder();
  const data = join(folder, 'data');
  await layUsedDatabase(data);
  let server = await startEmbedded(data, silent);
  return {
    createDatabase: () => createDatabase((name) => server.url.replace('/reveille?', `/${name}?`), 'reveille'),
    stop: () => server.close(),
    start: async () => void (server = await startEmbedded(data, silent)),
    close: async () => {
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** Debian's own PostgreSQL, as an administrator would run it beside Reveille. */
export async function startDebianPostgres(more = ''): Promise<TestServer & { readonly urlOf: (name: string) => string }> {
  const programs = findDebianFolder();
  if (programs === undefined) throw new Error('no PostgreSQL; ask explainMissing first');
  const folder = await createTestFolder();
  const user = await findServerUser(join(folder, 'none'), silent);
  if (user !== undefined) await chown(folder, user.uid, user.gid);
  const cluster = join(folder, 'cluster');
  const url = (name: string): string => `postgresql://tester@localhost/${name}?host=${encodeURIComponent(folder)}`;
  await layCluster(cluster, async () => {
    await run(join(programs, 'initdb'), ['-D', cluster, '-U', 'tester', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '-N'], user);
  });
  const control = async (...args: string[]): Promise<void> => {
    await run(join(programs, 'pg_ctl'), ['-D', cluster, '-w', '-s', ...args], user);
  };
  const start = (): Promise<void> =>
    control('-l', join(folder, 'log'), '-o', `-k ${folder} -c listen_addresses= -c fsync=off ${more}`, 'start');
  const stop = (): Promise<void> => control('-m', 'fast', 'stop');
  await start();
  let isRunning = true;
  return {
    urlOf: url,
    createDatabase: () => createDatabase(url, 'postgres'),
    stop: () => ((isRunning = false), stop()),
    start: () => ((isRunning = true), start()),
    close: async () => {
      if (isRunning) await stop();
      await rm(folder, { recursive: true });
    },
  };
}

async function createDatabase(url: (name: string) => string, maintenance: string): Promise<string> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await ask(url(maintenance), `CREATE DATABASE ${escapeIdentifier(name)}`);
  return url(name);
}

/** One statement on a connection of its own. */
export async function ask(url: string, text: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: url, query_timeout: limitMs });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

async function run(program: string, args: readonly string[], user?: ServerUser): Promise<ProgramResult> {
  const result = await runProgram(program, args, user, limitMs);
  if (result.code !== 0) throw new Error(`${program} ended with ${result.code}: ${result.output}`);
  return result;
}

function findDebianFolder(): string | undefined {
  if (!existsSync(debianFolder)) return undefined;
  const [version] = readdirSync(debianFolder)
    .filter((name) => existsSync(join(debianFolder, name, 'bin', 'initdb')))
    .sort((a, b) => Number(b) - Number(a));
  return version === undefined ? undefined : join(debianFolder, version, 'bin');
}

async function installDebianPostgres(): Promise<void> {
  const quiet = ['-qq', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120'];
  await runProgram('apt-get', ['update', '-qq'], undefined, installLimitMs).catch(() => undefined);
  // The package makes a cluster of its own and starts it unless told otherwise; a test needs neither, and neither hurts.
  await runProgram('apt-get', ['install', ...quiet, 'postgresql-15'], undefined, installLimitMs).catch(() => undefined);
}
