import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { codeOf } from '../../../base/error-code.ts';
import { Refused } from '../dialogue/refused.ts';

const setgid = 0o2000;

export interface NewFile {
  readonly path: string;
  readonly text: string;
}

/** Those that are there and say something else. */
export function findOthers(files: readonly NewFile[]): readonly string[] {
  return files.filter(({ path, text }) => existsSync(path) && !holds(path, text)).map(({ path }) => path);
}

/**
 * Writes all of them, for their owner alone to read, and for the group of a folder that gives its group to what is made in it: each is there whole or not at all, and the last one only when all others are.
 * Without a pause in which a signal could be heard. Throws Refused where one can't be written, or is there and may not be replaced.
 */
export function writeFiles(files: readonly NewFile[], mayReplace: (path: string) => boolean): void {
  const parts = files.map((file) => ({ ...file, partial: `${file.path}.partial-${process.pid}` }));
  try {
    for (const { path, text, partial } of parts) {
      const folder = dirname(path);
      const isNew = mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined;
      const isShared = isForGroup(folder);
      if (isNew && isShared) chmodSync(folder, setgid | 0o750);
      writeFileSync(partial, text, { mode: isShared ? 0o640 : 0o600, flag: 'wx' });
    }
    for (const { path, partial } of parts) {
      if (mayReplace(path)) renameSync(partial, path);
      else linkSync(partial, path);
    }
  } catch (error) {
    throw explain(error);
  } finally {
    for (const { partial } of parts) rmSync(partial, { force: true });
  }
}

/** As /etc/reveille of the Debian package, whose group is the one that the service runs in. */
export function isForGroup(folder: string): boolean {
  return (statSync(folder).mode & setgid) !== 0;
}

function holds(path: string, text: string): boolean {
  try {
    return readFileSync(path, 'utf8') === text;
  } catch {
    return false; // what it holds is nobody's to know
  }
}

function explain(error: unknown): Refused {
  const { path, dest } = error as { readonly path?: string; readonly dest?: string };
  const place = dest ?? path ?? 'the configuration';
  const code = codeOf(error);
  const reason = code === 'EEXIST' ? 'it is there already, and is not overwritten' : code || String(error);
  return new Refused(`${place} can't be written: ${reason}; choose another --config, or correct that and begin again`, { cause: error });
}
