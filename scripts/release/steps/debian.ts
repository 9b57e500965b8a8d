import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { buildDeb, nameDeb } from '../debian/build-deb.ts';
import type { Release } from '../release.ts';
import { readSchema } from './papers.ts';

/** reveille_VERSION_ARCHITECTURE.deb for each platform. */
export async function buildDebs(release: Release): Promise<readonly string[]> {
  const { root, version, epochSeconds, folder, level, tell } = release;
  const files: string[] = [];
  for (const platform of release.platforms) {
    const tree = await release.tree(platform);
    tell(`${platform.name}: packs ${nameDeb(version, platform)} (a minute or two)`);
    const file = await buildDeb(folder, { tree, platform, version, schema: await readSchema(root), epochSeconds, level });
    const { size } = await stat(join(folder, file));
    tell(`${platform.name}: ${file}, ${(size / 1_000_000).toFixed(1)} MB`);
    files.push(file);
  }
  return files;
}
