import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { freemem } from 'node:os';
import { join } from 'node:path';

const parent = '/dev/shm';
const prefix = 'reveille-tests-';
/** What all tests together use at a time is about a quarter of this. */
const neededBytes = 4 * 1024 ** 3;

/**
 * A folder for temporary files that is kept in memory, or undefined where there is no room for it. Tests make and remove dozens of
 * databases, and a disk takes seconds for each. The caller removes it; what a killed run has left is removed by the next.
 */
export function createMemoryFolder(): string | undefined {
  if (process.platform !== 'linux' || !existsSync(parent)) return undefined;
  for (const name of readdirSync(parent)) if (isLeft(name)) rmSync(join(parent, name), { recursive: true, force: true });
  const { bavail, bsize } = statfsSync(parent);
  if (bavail * bsize < neededBytes || freemem() < 2 * neededBytes) return undefined;
  const folder = join(parent, `${prefix}${process.pid}`);
  mkdirSync(folder, { recursive: true });
  // As /tmp: servers run as users of their own.
  chmodSync(folder, 0o1777);
  return folder;
}

function isLeft(name: string): boolean {
  return name.startsWith(prefix) && !existsSync(`/proc/${name.slice(prefix.length)}`);
}
