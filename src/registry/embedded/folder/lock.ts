import { randomUUID } from 'node:crypto';
import { linkSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identifyProcess, isAlive, type ProcessIdentity } from '../process/identity.ts';

const lockName = /^reveille\.lock\.(\d+)$/;

export interface FolderLock {
  /** Called by whoever locked, once. */
  release(): void;
}

/**
 * Claims the folder for this process, or throws naming the living one that has it. The newest of the numbered lock files
 * counts. Taking over a dead one's lock means linking the next number, which succeeds for one process only; a number is
 * never used again, so that a slow contender can't take what it saw long ago.
 */
export function lockFolder(folder: string): FolderLock {
  const draft = join(folder, `reveille.lock.${randomUUID()}`);
  writeFileSync(draft, JSON.stringify(identifyProcess(process.pid)), { mode: 0o600 });
  try {
    for (;;) {
      const newest = findNewest(folder);
      refuseIfHeld(folder, newest);
      const mine = newest + 1;
      if (!tryLink(draft, lockPath(folder, mine))) continue;
      if (findNewest(folder) !== mine) {
        rmSync(lockPath(folder, mine));
        continue;
      }
      removeOlder(folder, mine);
      // Emptied, not removed: the number must stay taken.
      return { release: () => truncateSync(lockPath(folder, mine)) };
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

function lockPath(folder: string, number: number): string {
  return join(folder, `reveille.lock.${number}`);
}

function listNumbers(folder: string): number[] {
  return readdirSync(folder).flatMap((name) => {
    const number = lockName.exec(name)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
}

function findNewest(folder: string): number {
  return Math.max(0, ...listNumbers(folder));
}

function refuseIfHeld(folder: string, number: number): void {
  const holder = readHolder(lockPath(folder, number));
  if (holder === undefined || !isAlive(holder)) return;
  throw new Error(
    `${folder} is in use by another Reveille (pid ${holder.pid}): stop that one, or give this one a database.data-dir of its own`,
  );
}

/** Undefined where the lock was released, is damaged (a power failure; then its holder is dead too) or was never there. */
function readHolder(path: string): ProcessIdentity | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof value !== 'object' || value === null || !('pid' in value) || typeof value.pid !== 'number') return undefined;
    return { pid: value.pid, startedAt: 'startedAt' in value ? String(value.startedAt) : undefined };
  } catch (error) {
    if (error instanceof SyntaxError || hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

function removeOlder(folder: string, mine: number): void {
  for (const number of listNumbers(folder)) if (number < mine) rmSync(lockPath(folder, number), { force: true });
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
