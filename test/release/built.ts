import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pack } from '../../scripts/release/tree/pack.ts';
import { runTool } from '../../scripts/release/run-tool.ts';

export const root = join(import.meta.dirname, '../..');

/** The time that everything bears which tests build: what they build does not depend on the commit. */
export const epochSeconds = 1_767_225_600;

/** Why the builds can't be tried on this system; false where they can. */
export const notHere =
  process.platform === 'linux' && process.arch === 'x64' ? false : 'the archive of linux-x64 runs on Linux on x64 only';

/** All that a tree is made of. */
const inputs = [
  'src',
  'providers',
  'scripts/rest',
  'scripts/release',
  'scripts/build.ts',
  'scripts/bundle-local-push.ts',
  'etc',
  'docs',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
];
const inputsOfPackages = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];
const keptMs = 24 * 60 * 60_000;
const main = join(root, 'scripts/release/main.ts');

/**
 * The folder that the archive for linux-x64 consists of (docs/installation.md shows it), built once for all test files and
 * runs of the same sources; $TMPDIR may last for one run only. Nobody writes into it.
 */
export async function builtTree(): Promise<string> {
  const cache = `/var/tmp/reveille-built-${process.getuid?.() ?? 0}`;
  mkdirSync(cache, { recursive: true, mode: 0o755 });
  chmodSync(cache, 0o755);
  if (statSync(cache).uid !== process.getuid?.()) throw new Error(`${cache} belongs to somebody else: remove it`);
  removeOld(cache);
  const tree = join(cache, (await hashInputs()).slice(0, 20));
  // The kernel gives the lock back when its holder ends, however it does.
  const script = 'test -e "$1" || SOURCE_DATE_EPOCH="$2" exec "$3" "$4" tree --platform linux-x64 --to "$1"';
  const command = ['sh', '-c', script, 'sh', tree, String(epochSeconds), process.execPath, main];
  if (!existsSync(tree)) await runTool('flock', ['--wait', '500', join(cache, 'lock'), ...command], root);
  return tree;
}

/** That tree as an archive, packed fast. */
export async function builtArchive(): Promise<string> {
  const tree = await builtTree();
  const archive = `${tree}.tar.xz`;
  if (existsSync(archive)) return archive;
  const partial = `${archive}.${process.pid}`;
  await pack(tree, partial, epochSeconds, 0);
  renameSync(partial, archive);
  return archive;
}

async function hashInputs(): Promise<string> {
  const list = await runTool(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...inputs, ...inputsOfPackages],
    root,
  );
  const hash = createHash('sha256');
  for (const file of list.split('\0').filter((name) => name !== '' && existsSync(join(root, name)))) {
    hash.update(`${file}\0`).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

/** Builds of sources that nobody has any more are large. */
function removeOld(cache: string): void {
  for (const name of readdirSync(cache)) {
    const path = join(cache, name);
    if (Date.now() - statSync(path).ctimeMs > keptMs) rmSync(path, { recursive: true, force: true });
  }
}
