import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findSection } from '../changelog.ts';
import { nameTree, type Release } from '../release.ts';

/** What goes with the files of a release: bills of materials and licences of each platform, and the changes. */
export async function writePapers(release: Release): Promise<readonly string[]> {
  const { root, version, folder, platforms, tell } = release;
  tell('writes bills of materials, licences and changes');
  const files: string[] = [];
  for (const platform of platforms) {
    const tree = await release.tree(platform);
    const name = nameTree(version, platform);
    const papers = { 'SBOM.cdx.json': `${name}.cdx.json`, 'THIRD-PARTY-LICENCES': `${name}.licences.txt` };
    for (const [from, to] of Object.entries(papers)) {
      await copyFile(join(tree, from), join(folder, to));
      files.push(to);
    }
  }
  const section = findSection(await readFile(join(root, 'CHANGELOG.md'), 'utf8'), version);
  if (section === undefined) return files;
  await writeFile(join(folder, 'CHANGES.md'), `# Reveille ${version} (${section.date})\n\n${section.text}\n`);
  return [...files, 'CHANGES.md'];
}

/** The number of the newest migration: what the database of this version looks like. */
export async function readSchema(root: string): Promise<number> {
  const numbers = (await readdir(join(root, 'src/registry/sql'))).flatMap((file) => /^(\d{4})-.*\.sql$/.exec(file)?.[1] ?? []);
  if (numbers.length === 0) throw new Error('src/registry/sql has no migrations');
  return Math.max(...numbers.map(Number));
}
