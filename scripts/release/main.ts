import { join, resolve } from 'node:path';
import { parseArguments, type Wish } from './arguments.ts';
import { findPlatform, platforms } from './platforms.ts';
import { createRelease } from './release.ts';
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
  if (tree !== undefined) return buildTree(resolve(tree), { ...common, platform: findPlatform(platform ?? 'linux-x64') });
  const release = await createRelease({ ...common, platforms: chosen, folder, level });
  try {
    for (const step of steps.filter(({ name }) => names.length === 0 || names.includes(name))) {
      for (const file of await step.run(release)) console.log(join(folder, file));
    }
  } finally {
    await release.close();
  }
}
