import { chmod, cp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildDebianChangelog } from './changelog.ts';
import { buildCopyright } from './copyright.ts';
import { maintainer, toDebianVersion } from './control.ts';

const files = join(import.meta.dirname, 'files');
const documentation = 'usr/share/doc/reveille';

/** Where each part of the tree goes; the manual and the licence are written apart. */
const places = {
  bin: 'usr/lib/reveille/bin',
  lib: 'usr/lib/reveille/lib',
  'share/bash-completion': 'usr/share/bash-completion',
  'share/fish': 'usr/share/fish',
  'share/zsh/site-functions': 'usr/share/zsh/vendor-completions',
  docs: `${documentation}/docs`,
  etc: `${documentation}/examples`,
  'README.md': `${documentation}/README.md`,
  'CHANGELOG.md': `${documentation}/CHANGELOG.md`,
  'SBOM.cdx.json': `${documentation}/SBOM.cdx.json`,
  'THIRD-PARTY-LICENCES': `${documentation}/THIRD-PARTY-LICENCES`,
} as const;

/** The units of the package are others than those that an administrator copies. */
const replaced = ['reveille.service', 'reveille-backup.service', 'reveille-backup.timer'];

export interface Contents {
  /** The folder that `buildTree` made; it is only read. */
  readonly tree: string;
  readonly version: string;
  readonly epochSeconds: number;
}

/** Fills `root` with what the package puts into a system. */
export async function layOut(root: string, { tree, version, epochSeconds }: Contents): Promise<void> {
  await cp(files, root, { recursive: true });
  await chmod(join(root, 'usr/lib/reveille/lib/is-configured'), 0o755);
  for (const [from, to] of Object.entries(places)) {
    await mkdir(dirname(join(root, to)), { recursive: true });
    await cp(join(tree, from), join(root, to), { recursive: true, verbatimSymlinks: true });
  }
  await unmarkLibraries(join(root, places.lib));
  for (const unit of replaced) await rm(join(root, documentation, 'examples', unit));
  // The pages name samples by the folder that they have in the sources.
  await symlink('examples', join(root, documentation, 'etc'));
  await mkdir(join(root, 'usr/bin'));
  await symlink('../lib/reveille/bin/reveille', join(root, 'usr/bin/reveille'));
  const manual = await readFile(join(tree, 'share/man/man1/reveille.1'), 'utf8');
  await writeZipped(join(root, 'usr/share/man/man1/reveille.1.gz'), manual);
  const stamp = { version, debianVersion: toDebianVersion(version), maintainer, epochSeconds };
  const changelog = await readFile(join(tree, 'CHANGELOG.md'), 'utf8');
  await writeZipped(join(root, documentation, 'changelog.gz'), buildDebianChangelog(changelog, stamp));
  await writeFile(join(root, documentation, 'copyright'), await buildCopyright(join(tree, 'LICENSE')));
}

/** A library is no program, whatever its package says. */
async function unmarkLibraries(folder: string): Promise<void> {
  const names = await readdir(folder, { recursive: true });
  for (const name of names) if (/\.so(\.[\d.]+)?$/.test(name)) await chmod(join(folder, name), 0o644);
}

/** Without a name and a time in it, as gzip -9n. */
async function writeZipped(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, gzipSync(text, { level: 9 }));
}
