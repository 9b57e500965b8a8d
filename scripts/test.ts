import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { browserPackages } from '../test/browser/browser.ts';
import { explainMissing, sharedServerVariable, startDebianPostgres } from '../test/helpers/database/postgres.ts';
import { ejabberdPackages } from '../test/servers/ejabberd.ts';
import { prosodyPackages } from '../test/servers/prosody.ts';
import { clientPackages } from '../test/servers/server-or-skip.ts';
import { ensureTrixie } from '../test/servers/trixie.ts';
import { ensurePackages } from './apt.ts';
import { createMemoryFolder } from './memory-folder.ts';

// `npm test`: the Debian packages that the tests use, once up front, then every test file, or those whose path contains
// one of the arguments. `npm run test:quick`: what needs neither real servers nor minutes. Arguments that begin with a dash go
// to the test runner.

/** Most of what takes long waits: for limits, for servers, for leases. So more run than there are cores. */
const filesAtOnce = Number(process.env['TEST_FILES_AT_ONCE'] ?? Math.max(2, 2 * availableParallelism()));
const fileTimeoutMs = 15 * 60_000;
/** Hundreds of processes load the same modules: their types are stripped and their code compiled once. */
const compileCache = join(tmpdir(), `reveille-compile-cache-${userInfo().username}`);
/** Packages from Debian, whole programs under load, minutes of faults: not in the daily loop. */
const slow = [
  /^test\/(flows|interop|chaos|bench|browser|doctor|rest|app)\//,
  /^test\/(cli|sandbox|log|fuzz|release|push\/(database|delivery)|registry)\//,
  /^test\/testing\/(kit-notices|example|apns|fcm|webpush)/,
  /faults\.test\.ts$/,
];

/** The longest first, so that the end does not wait for a single one. */
const longest = [
  /kit-notices/,
  /faults\.test/,
  /^test\/bench\/backlog/,
  /registry\/on-/,
  /^test\/release\/(archive|reproducible|papers)/,
  /^test\/fuzz/,
  /^test\/(chaos|bench|flows)\//,
  /^test\/cli\/serve/,
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

/** The test runner's exit code. What it says of each test goes to standard output, how far it has come to standard error. */
async function runFiles(all: readonly string[]): Promise<number> {
  const reporters = ['--test-reporter=./scripts/test-progress.ts', '--test-reporter-destination=stderr'];
  const spec = ['--test-reporter=spec', '--test-reporter-destination=stdout'];
  const bounds = [`--test-concurrency=${filesAtOnce}`, `--test-timeout=${fileTimeoutMs}`];
  const memory = takeMemoryFolder();
  const database = await startSharedDatabase();
  try {
    const env = { ...process.env, ...database.env, TEST_FILES: String(all.length), NODE_COMPILE_CACHE: compileCache };
    const runner = spawn(process.execPath, ['--test', ...reporters, ...spec, ...bounds, ...options, ...all], { stdio: 'inherit', env });
    // The runner ends first, then what it used. A terminal sends Ctrl-C to both.
    process.on('SIGINT', () => undefined);
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => runner.kill(signal));
    const [code] = (await once(runner, 'exit')) as [number | null];
    return code ?? 1;
  } finally {
    await database.close();
    if (memory !== undefined) rmSync(memory, { recursive: true, force: true });
  }
}

/** Everything that asks for a temporary folder gets it there; who has set TMPDIR is asked for his own. */
function takeMemoryFolder(): string | undefined {
  if (process.env['TMPDIR'] !== undefined) return undefined;
  const folder = createMemoryFolder();
  if (folder !== undefined) process.env['TMPDIR'] = folder;
  return folder;
}
