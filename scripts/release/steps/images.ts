import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { buildImage } from '../container/build-image.ts';
import { fetchDebianPackages } from '../container/debian-packages.ts';
import { nameTree, type Release } from '../release.ts';
import { runTool } from '../run-tool.ts';

/** reveille-VERSION-PLATFORM.oci.tar for each platform: what `docker load` and `podman load` read. */
export async function buildImages(release: Release): Promise<readonly string[]> {
  const { root, version, epochSeconds, folder, level, platforms, tell } = release;
  const revision = (await runTool('git', ['rev-parse', 'HEAD'], root)).trim();
  const files: string[] = [];
  for (const platform of platforms) {
    const tree = await release.tree(platform);
    const file = `${nameTree(version, platform)}.oci.tar`;
    const work = join(folder, `.image-${platform.name}`);
    try {
      tell(`${platform.name}: fetches Debian's packages`);
      const packages = await fetchDebianPackages(platform, join(work, 'debian'));
      tell(`${platform.name}: packs ${file} (half a minute)`);
      await buildImage(join(folder, file), join(work, 'image'), { platform, version, revision, epochSeconds, tree, packages, level });
    } finally {
      await rm(work, { recursive: true, force: true });
    }
    const { size } = await stat(join(folder, file));
    tell(`${platform.name}: ${file}, ${(size / 1_000_000).toFixed(1)} MB`);
    files.push(file);
  }
  return files;
}
