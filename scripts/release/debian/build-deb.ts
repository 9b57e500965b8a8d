import { lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join, relative } from 'node:path';
import type { Platform } from '../platforms.ts';
import { runTool } from '../run-tool.ts';
import { tidy } from '../tree/tidy.ts';
import { buildControl, toDebianVersion } from './control.ts';
import { type Contents, layOut } from './lay-out.ts';

export interface DebOptions extends Contents {
  readonly platform: Platform;
  /** The number of the newest migration. */
  readonly schema: number;
  /** xz's, 0 to 9, or not at all. */
  readonly level: number | 'stored';
}

const scripts = ['preinst', 'postinst', 'prerm', 'postrm'];
const configuration = 'etc/reveille/reveille.toml';

export function nameDeb(version: string, { debian }: Platform): string {
  return `reveille_${toDebianVersion(version)}_${debian}.deb`;
}

/** Makes reveille_VERSION_ARCHITECTURE.deb in a folder and resolves with its name; the same tree makes the same bytes. Needs dpkg-deb. */
export async function buildDeb(folder: string, options: DebOptions): Promise<string> {
  const name = nameDeb(options.version, options.platform);
  const work = await mkdtemp(join(folder, '.deb-'));
  try {
    const root = join(work, 'root');
    await layOut(root, options);
    await tidy(root, options.epochSeconds);
    await writeControl(root, options);
    await tidy(join(root, 'DEBIAN'), options.epochSeconds);
    // One thread, because what several make of it depends on the machine.
    const compress = options.level === 'stored' ? ['-Znone'] : ['-Zxz', `-z${options.level}`, '--threads-max=1'];
    const built = join(work, name);
    const epoch = `SOURCE_DATE_EPOCH=${options.epochSeconds}`;
    await runTool('env', [epoch, 'dpkg-deb', '--root-owner-group', ...compress, '--build', root, built]);
    await rename(built, join(folder, name));
    return name;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** What dpkg itself reads: the scripts with their numbers filled in, sums and sizes. */
async function writeControl(root: string, { platform, version, schema }: DebOptions): Promise<void> {
  const control = join(root, 'DEBIAN');
  await mkdir(control);
  const debianVersion = toDebianVersion(version);
  for (const script of scripts) {
    const text = await readFile(join(import.meta.dirname, 'control', script), 'utf8');
    await writeFile(join(control, script), text.replaceAll('@VERSION@', debianVersion).replaceAll('@SCHEMA@', String(schema)), {
      mode: 0o755,
    });
  }
  const files = await listFiles(root);
  const sums = files.filter(({ md5, path }) => md5 !== undefined && path !== configuration).map(({ md5, path }) => `${md5}  ${path}\n`);
  const installedSize = files.reduce((sum, { kib }) => sum + kib, 0);
  await writeFile(join(control, 'conffiles'), `/${configuration}\n`);
  await writeFile(join(control, 'md5sums'), sums.join(''));
  await writeFile(join(control, 'control'), buildControl({ version: debianVersion, architecture: platform.debian, installedSize }));
}

interface Listed {
  readonly path: string;
  readonly kib: number;
  /** Of files with a content. */
  readonly md5: string | undefined;
}

/** Everything below the root but DEBIAN, sorted; counted as Debian counts (Policy 5.6.20): a KiB for what is no file. */
async function listFiles(root: string): Promise<readonly Listed[]> {
  // Entries know which are links to folders; plain names would have been followed.
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries.map(({ parentPath, name }) => relative(root, join(parentPath, name))).filter((path) => !/^DEBIAN(\/|$)/.test(path));
  return Promise.all(
    paths.sort().map(async (path) => {
      const stats = await lstat(join(root, path));
      if (!stats.isFile()) return { path, kib: 1, md5: undefined };
      const md5 = createHash('md5')
        .update(await readFile(join(root, path)))
        .digest('hex');
      return { path, kib: Math.ceil(stats.size / 1024), md5 };
    }),
  );
}
