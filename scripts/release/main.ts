import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArguments, type Wish } from './arguments.ts';
import { findPlatform, platforms } from './platforms.ts';
import { findObstacles, readState } from './readiness.ts';
import { createRelease } from './release.ts';
import { seal } from './seal.ts';
import { readEpoch, readVersion } from './source.ts';
import { buildTree } from './tree/build-tree.ts';
import { steps } from './steps.ts';

// Makes what a release consists of; docs/installation.md has what comes out, docs/testing.md how it is tested.

const root = join(import.meta.dirname, '../..');
const startedMs = performance.now();
const tell = (line: string): void => console.error(`${((performance.now() - startedMs) / 1000).toFixed(0).padStart(4)} s  ${line}`);

try {
  await make(parseArguments(process.argv.slice(2), root));
} catch (error) {
  console.error(`release: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

async function make({ names, platform, folder, level, tree }: Wish): Promise<void> {
  const common = { root, version: await readVersion(root), epochSeconds: await readEpoch(root), tell };
  const chosen = platform === undefined ? platforms : [findPlatform(platform)];
  if (tree !== undefined) return buildTree(tree, { ...common, platform: findPlatform(platform ?? 'linux-x64') });
  const isWhole = names.length === 0 && platform === undefined;
  if (isWhole) await refuseUnready();
  const release = await createRelease({ ...common, platforms: chosen, folder, level });
  try {
    const files: string[] = [];
    for (const step of steps.filter(({ name }) => names.length === 0 || names.includes(name))) {
      tell(`${step.name}: ${step.what}`);
      files.push(...(await step.run(release)));
    }
    if (isWhole) files.push(...(await seal(release, files)));
    for (const file of files) console.log(join(folder, file));
  } finally {
    await release.close();
  }
  const strangers = isWhole ? await findStrangers(folder) : [];
  if (strangers.length > 0) tell(`not of this release, though in the same folder: ${strangers.join(', ')}`);
}

async function refuseUnready(): Promise<void> {
  const obstacles = findObstacles(await readState(root));
  if (obstacles.length === 0) return;
  throw new Error(
    ['no release can be made of this checkout (single steps can, as in npm run release -- archive):', ...obstacles].join('\n  '),
  );
}

/** Files that stand in the folder and not in SHA256SUMS. */
async function findStrangers(folder: string): Promise<readonly string[]> {
  const sums = await readFile(join(folder, 'SHA256SUMS'), 'utf8');
  return (await readdir(folder)).filter((name) => name !== 'SHA256SUMS' && !sums.includes(`  ${name}\n`));
}
