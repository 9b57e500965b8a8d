import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Platform } from './platforms.ts';
import { buildTree } from './tree/build-tree.ts';
import { compile } from './tree/program.ts';

/** One run of `npm run release`, as its steps see it. */
export interface Release {
  /** The checkout. */
  readonly root: string;
  readonly version: string;
  /** The one time that everything made bears. */
  readonly epochSeconds: number;
  readonly platforms: readonly Platform[];
  /** Where what is made goes. */
  readonly folder: string;
  /** xz's, 0 to 9. */
  readonly level: number;
  /** The folder `reveille-VERSION-PLATFORM` with all that runs on a platform (docs/installation.md shows it); built once a run. */
  tree(platform: Platform): Promise<string>;
  /** How far it has come, a line each. */
  readonly tell: (line: string) => void;
  /** Removes what was only needed on the way. */
  close(): Promise<void>;
}

export type ReleaseOptions = Omit<Release, 'tree' | 'close'>;

/** Called, and closed, by the command. What lies in `folder` stays unless a step writes a file of the same name. */
export async function createRelease(options: ReleaseOptions): Promise<Release> {
  const { root, version, epochSeconds, folder, tell } = options;
  await mkdir(folder, { recursive: true });
  const work = await mkdtemp(join(folder, '.work-'));
  const trees = new Map<string, Promise<string>>();
  let dist: Promise<string> | undefined;

  async function build(platform: Platform): Promise<string> {
    const tree = join(work, nameTree(version, platform));
    await buildTree(tree, { root, platform, version, epochSeconds, tell, dist: await (dist ??= compile(root, join(work, 'dist'))) });
    return tree;
  }

  return {
    ...options,
    tree: (platform) => {
      const started = trees.get(platform.name) ?? build(platform);
      trees.set(platform.name, started);
      return started;
    },
    close: () => rm(work, { recursive: true, force: true }),
  };
}

export function nameTree(version: string, { name }: Platform): string {
  return `reveille-${version}-${name}`;
}
