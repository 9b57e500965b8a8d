import { join } from 'node:path';
import { buildImage } from '../../../scripts/release/container/build-image.ts';
import { fetchDebianPackages } from '../../../scripts/release/container/debian-packages.ts';
import { findPlatform } from '../../../scripts/release/platforms.ts';
import { builtTree, epochSeconds } from '../built.ts';

export const imageVersion = '0.0.0-test';
export const revision = '0123456789abcdef0123456789abcdef01234567';

export interface ImageBuilder {
  /** Builds it, compressed a little, and resolves with the file. */
  build(name: string): Promise<string>;
}

/** Fetches what images are made of, once for all that are built in `folder`. */
export async function createImageBuilder(folder: string): Promise<ImageBuilder> {
  const platform = findPlatform('linux-x64');
  const packages = await fetchDebianPackages(platform, join(folder, 'debian'));
  const tree = await builtTree();
  return {
    build: async (name) => {
      const file = join(folder, `${name}.oci.tar`);
      const what = { platform, version: imageVersion, revision, epochSeconds, tree, packages, level: 1 };
      await buildImage(file, join(folder, `work of ${name}`), what);
      return file;
    },
  };
}
