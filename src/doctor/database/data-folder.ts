import { randomUUID } from 'node:crypto';
import { access, constants, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf, messageOf } from '../../base/error-code.ts';
import type { StepResult } from '../step.ts';

const mebibyte = 1024 * 1024;
/** The write-ahead log of the embedded server alone may take 512 MiB. */
const wantedBytes = 1024 * mebibyte;
const neededBytes = 256 * mebibyte;

/** Whether the data folder can be written, or made where it isn't there yet. Leaves nothing behind. */
export async function examineFolder(dataDir: string): Promise<StepResult> {
  const tried = `write into ${dataDir}`;
  try {
    const folder = await findExisting(dataDir);
    if (folder !== dataDir) {
      await access(folder, constants.W_OK | constants.X_OK);
      return { verdict: 'ok', tried, found: `it is not there yet, and can be made in ${folder}${asRoot()}` };
    }
    const probe = join(folder, `reveille.probe.${randomUUID()}`);
    await writeFile(probe, '');
    await rm(probe);
    return { verdict: 'ok', tried, found: `it can be written${asRoot()}` };
  } catch (error) {
    const advice = `make it a folder that user ${process.getuid?.() ?? 'of Reveille'} can write (chown), or choose another database.data-dir`;
    return { verdict: 'failed', tried, found: explain(error), advice };
  }
}

/** Root may write everywhere, which says nothing of the user that Reveille runs as. */
function asRoot(): string {
  return process.getuid?.() === 0 ? ' by root; run doctor as the user that Reveille runs as to be sure' : '';
}

/** Whether the disk has room. */
export async function examineSpace(dataDir: string): Promise<StepResult> {
  const folder = await findExisting(dataDir);
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const tried = `look for free space at ${folder}`;
  const found = `${Math.floor(free / mebibyte)} MiB`;
  if (free >= wantedBytes) return { verdict: 'ok', tried, found };
  const advice = 'make room: PostgreSQL stops when the disk is full';
  return { verdict: free < neededBytes ? 'failed' : 'warning', tried, found, advice };
}

/** The folder itself, or the nearest above it that is there. Rejects where something else than a folder is in the way. */
async function findExisting(path: string): Promise<string> {
  try {
    if ((await stat(path)).isDirectory()) return path;
    throw Object.assign(new Error(`${path} is not a folder`), { code: 'ENOTDIR' });
  } catch (error) {
    const parent = dirname(path);
    if (codeOf(error) !== 'ENOENT' || parent === path) throw error;
    return findExisting(parent);
  }
}

function explain(error: unknown): string {
  const code = codeOf(error);
  const words: Readonly<Record<string, string>> = {
    EACCES: 'this user must not write there',
    EPERM: 'this user must not write there',
    EROFS: 'the file system is mounted read-only',
    ENOSPC: 'the disk is full',
    ENOTDIR: 'something that is no folder is in the way',
  };
  return `${words[code] ?? messageOf(error)} (${code})`;
}
