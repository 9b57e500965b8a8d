import { build, type Plugin } from 'esbuild';
import { createHash } from 'node:crypto';
import { existsSync, globSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '../..');
const hook = join(import.meta.dirname, 'hook.mjs');
/** What the program begins with and what it loads by its path. */
const entries = ['src/main.ts', ...globSync(['providers/*/index.ts', 'scripts/rest/**/*.ts'], { cwd: root }).sort()];
/** Optional, and not installed. */
const external = ['pg-native', 'pg-cloudflare', 'bufferutil', 'utf-8-validate'];
const unusedMs = 2 * 86_400_000;
const banner = "import { createRequire as createRequireHere } from 'node:module';\nconst require = createRequireHere(import.meta.url);";

/**
 * Lays the program in a few files below `folder`, and returns the module that makes a Node which has it as its --import take them for
 * src/main.ts: to load its hundreds costs 100 ms of processor time, and the tests start it some five hundred times. Made anew when a file changed.
 */
export async function bundleProgram(folder: string): Promise<string> {
  const made = join(folder, `program-${await digestSources()}`);
  if (!existsSync(made)) {
    await layAt(made, folder);
    await removeUnused(folder);
  }
  await utimes(made, new Date(), new Date());
  return pathToFileURL(join(made, 'hook.mjs')).href;
}

async function digestSources(): Promise<string> {
  const hash = createHash('sha256').update(root);
  const sources = globSync(['package-lock.json', '{src,providers,scripts/rest,scripts/bundled}/**/*.{ts,mjs}'], { cwd: root }).sort();
  for (const file of sources) hash.update(`\0${file}\0`).update(await readFile(join(root, file)));
  return hash.digest('hex').slice(0, 16);
}

async function layAt(made: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const work = await mkdtemp(join(folder, 'program-'));
  await build({
    entryPoints: entries.map((file) => join(root, file)),
    outdir: join(work, 'bundles'),
    outbase: root,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    banner: { js: banner },
    external,
    plugins: [keepPlaces],
    logLevel: 'error',
  });
  const bundles = entries.map((file) => [pathToFileURL(join(root, file)).href, `bundles/${file.replace(/ts$/, 'mjs')}`]);
  const main = pathToFileURL(join(root, 'src/main.ts')).href;
  await writeFile(join(work, 'modules.json'), JSON.stringify({ main, bundles: Object.fromEntries(bundles) as unknown }));
  await copyFile(hook, join(work, 'hook.mjs'));
  // Programs of other users load it as well.
  await chmod(work, 0o755);
  // Somebody else's may have come first.
  await rename(work, made).catch(() => rm(work, { recursive: true, force: true }));
}

async function removeUnused(folder: string): Promise<void> {
  for (const old of globSync('program-*', { cwd: folder }).map((name) => join(folder, name))) {
    if (Date.now() - (await stat(old)).mtimeMs > unusedMs) await rm(old, { recursive: true, force: true });
  }
}

/** Each of our files finds what lies beside it, wherever its text was put. */
const keepPlaces: Plugin = {
  name: 'keep-places',
  setup(building) {
    building.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const places: Readonly<Record<string, string>> = { dirname: dirname(path), filename: path, url: pathToFileURL(path).href };
      const text = await readFile(path, 'utf8');
      const contents = text.replaceAll(/\bimport\.meta\.(dirname|filename|url)\b/g, (_, name: string) => JSON.stringify(places[name]));
      return { contents, loader: 'ts' };
    });
  },
};
