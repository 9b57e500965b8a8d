import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { tidy } from '../tree/tidy.ts';
import { runTool } from '../run-tool.ts';

/** Whom the container's processes run as: a number, because "is it root?" can be told of a number alone. */
export const user = 10_001;
/** Where the program lies. */
export const home = '/opt/reveille';
/** The one place that is written to. */
export const volume = '/var/lib/reveille';

/** Of the packages: what documents, translates, debugs, greets at a login, or converts what nobody has. */
const idle = [
  'usr/share/man',
  'usr/share/menu',
  'usr/share/lintian',
  'usr/share/gdb',
  'usr/share/gcc',
  'usr/share/locale',
  'usr/share/base-files',
  'usr/share/debianutils',
  'usr/share/info',
  'usr/share/bug',
  'usr/bin/tini-static',
  'usr/games',
  'usr/include',
  'usr/src',
  'usr/local',
  'etc/update-motd.d',
  'etc/issue',
  'etc/issue.net',
  'usr/share/doc/base-files/FAQ',
  'var/backups',
  'var/local',
  'var/lock',
  'var/log',
  'var/mail',
  'var/opt',
  'var/run',
  'var/spool',
  'boot',
  'home',
];
/** Where something is mounted. */
const folders = ['etc/reveille', 'run/secrets', 'opt'];

/** Unpacks Debian's packages into `root` and leaves what the program needs, with the users there are; nothing of them is run. */
export async function buildBaseSystem(root: string, packages: readonly string[], epochSeconds: number): Promise<void> {
  const status = join(root, 'var/lib/dpkg/status.d');
  await mkdir(status, { recursive: true });
  for (const file of packages) {
    await runTool('dpkg-deb', ['--extract', file, root]);
    // Where scanners for known vulnerabilities look in images without dpkg.
    const name = basename(file).split('_')[0] ?? file;
    await writeFile(join(status, name), await runTool('dpkg-deb', ['--field', file]));
  }
  for (const path of idle) await rm(join(root, path), { recursive: true, force: true });
  await removeFromLibraries(root);
  await keepLicences(join(root, 'usr/share/doc'));
  for (const folder of folders) await mkdir(join(root, folder), { recursive: true });
  for (const [path, text] of Object.entries(texts)) await writeFile(join(root, path), text);
  await tidy(root, epochSeconds);
  await chmod(join(root, 'tmp'), 0o1777);
}

const texts = {
  'etc/passwd': `root:x:0:0:root:/root:/usr/sbin/nologin\nreveille:x:${user}:${user}:Reveille:${volume}:/usr/sbin/nologin\n`,
  'etc/group': `root:x:0:\nreveille:x:${user}:\n`,
  'etc/nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
};

/** Character sets, and libraries that are there to be preloaded by somebody who looks for mistakes. */
async function removeFromLibraries(root: string): Promise<void> {
  const libraries = join(root, 'usr/lib');
  for (const triplet of (await readdir(libraries)).filter((name) => name.endsWith('-linux-gnu'))) {
    for (const path of ['gconv', 'audit', 'libmemusage.so', 'libpcprofile.so', 'libc_malloc_debug.so.0']) {
      await rm(join(libraries, triplet, path), { recursive: true, force: true });
    }
  }
}

async function keepLicences(documentation: string): Promise<void> {
  for (const entry of await readdir(documentation, { withFileTypes: true, recursive: true })) {
    if (entry.isFile() && entry.name !== 'copyright') await rm(join(entry.parentPath, entry.name));
  }
}
