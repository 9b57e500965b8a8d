import { globSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { browserPackages } from '../test/browser/browser.ts';
import { createTestFolder, explainMissing, sharedServerVariable, startDebianPostgres } from '../test/helpers/database/postgres.ts';
import { usedDatabaseVariable } from '../test/helpers/database/used-database.ts';
import { ejabberdPackages } from '../test/servers/ejabberd.ts';
import { prosodyPackages } from '../test/servers/prosody.ts';
import { clientPackages } from '../test/servers/server-or-skip.ts';
import { ensureTrixie } from '../test/servers/trixie.ts';
import { ensurePackages } from './apt.ts';
import { bundleProgram } from './bundled/bundle-program.ts';
import { createMemoryFolder } from './memory-folder.ts';
import { ensureOwnFolder } from './own-folder.ts';
import { reportProgress } from './test-progress.ts';

// `npm test`: the Debian packages that the tests use, once up front, then every test file, or those whose path contains
// one of the arguments. `npm run test:quick`: what needs neither real servers nor minutes. Arguments that begin with a dash go
// to the Node of each file.

/** Most of what takes long waits: for limits, for servers, for leases. So more run than there are cores. */
const filesAtOnce = Number(process.env['TEST_FILES_AT_ONCE'] ?? Math.max(2, 2 * availableParallelism()));
const fileTimeoutMs = 15 * 60_000;
/** Hundreds of processes load the same modules: their types are stripped and their code compiled once. The bundle lies there too. */
const usualCache = join(tmpdir(), `reveille-compile-cache-${userInfo().username}`);
/** Packages from Debian, whole programs under load, minutes of faults: not in the daily loop. */
const slow = [
  /^test\/(flows|interop|chaos|bench|browser|doctor|rest|app)\//,
  /^test\/(cli|sandbox|log|fuzz|release|push\/(database|delivery)|registry)\//,
  /^test\/testing\/(kit-notices|example|apns|fcm|webpush)/,
  /faults\.test\.ts$/,
];

/** What the file says; an error that nobody catches fails its file, with or without. */
const untracked = `--import=${join(import.meta.dirname, '../test/testing/untracked-promises.mjs')}`;

/** Those that take half a minute or more first, so that the end does not wait for a single one. */
const longest = [
  /^test\/release\/(debian|reproducible)|kit-notices|providers\/.*faults\.test|cli\/build/,
  /^test\/(bench\/(backlog|soak|outage)|flows\/(long|features|wrong|push)|chaos|cli\/import\/inter|fuzz)/,
  /^test\/(browser|release|rest\/malformed|registry\/(on-|embedded)|cli\/(serve|import|push)|flows|xmpp\/link)/,
  /^test\/(cli|bench|doctor|registry|push)\//,
];

/** Some of these run the servers of Debian 13 as well. */
const withTrixie = /^test\/(flows|interop)\//;

const isQuick = process.argv.includes('--quick');
const given = process.argv.slice(2).filter((argument) => argument !== '--quick');
const filters = given.filter((argument) => !argument.startsWith('-'));
const options = given.filter((argument) => argument.startsWith('-'));
const files = globSync('test/**/*.test.ts')
  .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)))
  .filter((file) => !isQuick || !slow.some((pattern) => pattern.test(file)))
  .sort()
  .sort((one, other) => rank(one) - rank(other));

if (!isQuick) await installPackages();
if (files.length === 0) {
  console.error(`No test file's path contains ${filters.join(' or ')}`);
  process.exitCode = 1;
} else {
  process.exitCode = await runFiles(files);
}

function rank(file: string): number {
  const place = longest.findIndex((pattern) => pattern.test(file));
  return place === -1 ? longest.length : place;
}

async function installPackages(): Promise<void> {
  const packages = await ensurePackages([
    ...prosodyPackages,
    ...ejabberdPackages,
    ...clientPackages,
    'postgresql',
    'nginx',
    'caddy',
    'prometheus',
    'libfaketime',
    'mandoc',
    'zsh',
    'fish',
    'xz-utils',
    ...browserPackages,
  ]);
  const trixie = files.some((file) => withTrixie.test(file)) ? await ensureTrixie() : 'present';
  for (const result of [packages, trixie]) {
    if (typeof result !== 'string') console.log(`Not installed: ${result.missing.join(' ')} (${result.reason})`);
  }
}

/** One server for all tests that need no more than a database: Debian's, where it is; else each file starts one. */
async function startSharedDatabase(): Promise<{ readonly env: NodeJS.ProcessEnv; close(): Promise<void> }> {
  if (isQuick || (await explainMissing('debian')) !== undefined) return { env: {}, close: () => Promise.resolve() };
  const server = await startDebianPostgres('-c max_connections=400');
  return { env: { [sharedServerVariable]: server.urlOf('NAME') }, close: () => server.close() };
}

/** The exit code. What is said of each test goes to standard output, how far it has come to standard error. */
async function runFiles(all: readonly string[]): Promise<number> {
  const memory = takeMemoryFolder();
  const used = await createTestFolder();
  const compileCache = ensureOwnFolder(usualCache);
  Object.assign(process.env, { NODE_COMPILE_CACHE: compileCache, [usedDatabaseVariable]: used });
  if (!isQuick) process.env['NODE_OPTIONS'] = `${process.env['NODE_OPTIONS'] ?? ''} --import=${await bundleProgram(compileCache)}`.trim();
  const database = await startSharedDatabase();
  try {
    Object.assign(process.env, database.env);
    return await runInOrder(all);
  } finally {
    await database.close();
    rmSync(used, { recursive: true, force: true });
    if (compileCache !== usualCache) rmSync(compileCache, { recursive: true, force: true });
    if (memory !== undefined) rmSync(memory, { recursive: true, force: true });
  }
}

/** `node --test` would run them in the order of the alphabet, and the last to begin would be one of the longest. */
async function runInOrder(all: readonly string[]): Promise<number> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort());
  const execArgv = [untracked, ...options];
  const results = run({ files: [...all], concurrency: filesAtOnce, timeout: fileTimeoutMs, execArgv, signal: stop.signal });
  const summaries: { readonly success: boolean }[] = [];
  results.on('test:summary', (summary) => summaries.push(summary));
  await Promise.all([
    pipeline(results.compose(reportProgress(all.length)), process.stderr, { end: false }),
    pipeline(results.compose(new spec()), process.stdout, { end: false }),
  ]);
  return summaries.every(({ success }) => success) && !stop.signal.aborted ? 0 : 1;
}

/** Everything that asks for a temporary folder gets it there; who has set TMPDIR is asked for his own. */
function takeMemoryFolder(): string | undefined {
  if (process.env['TMPDIR'] !== undefined) return undefined;
  const folder = createMemoryFolder();
  if (folder !== undefined) process.env['TMPDIR'] = folder;
  return folder;
}
