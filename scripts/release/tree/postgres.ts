import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';

/** A library that is known by other names as well: both seen from the package. */
interface Alias {
  readonly source: string;
  readonly target: string;
}

/**
 * What a server of ours never loads: files to link or compile with, ECPG, and the modules that come beside PostgreSQL
 * (languages, contrib, replication), with the libraries that only they need.
 */
const idle = [
  /^native\/include/,
  /\.a$/,
  /^native\/lib\/(pkgconfig|postgresql\/pgxs)/,
  /^native\/lib\/lib(ecpg|pgtypes|xslt|ossp-uuid)/,
  /^native\/lib\/postgresql\/(?!plpgsql\.so$|dict_snowball\.so$|.*_and_.*\.so$)./,
  /^native\/share\/postgresql\/extension\/(?!plpgsql)./,
  /^scripts/,
  /\.(map|d\.ts)$/,
  /^README\.md$/,
];

/** Copies the embedded PostgreSQL of a platform, with the links that its package has made by an install script elsewhere. */
export async function copyPostgres(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await cp(from, to, { recursive: true, filter: (path) => !idle.some((pattern) => pattern.test(relative(from, path))) });
  const list = join(to, 'native/pg-symlinks.json');
  const aliases = parseAliases(await readFile(list, 'utf8')).filter(({ source, target }) => ![source, target].some(isIdle));
  for (const { source, target } of aliases) await symlink(basename(source), join(to, target));
  await writeFile(list, `${JSON.stringify(aliases)}\n`);
}

function isIdle(path: string): boolean {
  return idle.some((pattern) => pattern.test(path));
}

function parseAliases(text: string): readonly Alias[] {
  const list: unknown = JSON.parse(text);
  const isAlias = (entry: unknown): entry is Alias =>
    typeof entry === 'object' &&
    entry !== null &&
    'source' in entry &&
    'target' in entry &&
    dirname(String(entry.source)) === dirname(String(entry.target));
  if (Array.isArray(list) && list.every(isAlias)) return list;
  throw new Error(
    'native/pg-symlinks.json of the embedded PostgreSQL does not list links within a folder any more: see what its install script does',
  );
}
