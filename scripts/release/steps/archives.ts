import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { nameTree, type Release } from '../release.ts';
import { pack } from '../tree/pack.ts';

/** reveille-VERSION-PLATFORM.tar.xz for each platform. */
export async function buildArchives(release: Release): Promise<readonly string[]> {
  const files: string[] = [];
  for (const platform of release.platforms) {
    const tree = await release.tree(platform);
    const file = `${nameTree(release.version, platform)}.tar.xz`;
    release.tell(`${platform.name}: packs ${file} (a minute or two)`);
    await pack(tree, join(release.folder, file), release.epochSeconds, release.level);
    const { size } = await stat(join(release.folder, file));
    release.tell(`${platform.name}: ${file}, ${(size / 1_000_000).toFixed(1)} MB`);
    files.push(file);
  }
  return files;
}
