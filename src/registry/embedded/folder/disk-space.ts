import { statfs } from 'node:fs/promises';
import type { Log } from '../../../log/log.ts';

const mebibyte = 1024 * 1024;
/** The server's write-ahead log grows in pieces of 16 MiB; where the next does not fit, the server ends. */
const fullBelowBytes = 16 * mebibyte;
const lowBelowBytes = 256 * mebibyte;
/** An empty cluster takes 40 MiB, its write-ahead log grows at once. */
const newClusterBytes = 96 * mebibyte;

type Space = 'enough' | 'low' | 'full';

/** Looks at the disk under a running server. */
export interface DiskWatch {
  /** Looks, and says in the log when the state is another than before. */
  look(): Promise<void>;
  /** What is wrong, in words for an administrator; undefined while there is room. */
  trouble(): string | undefined;
}

export function createDiskWatch(folder: string, log: Log): DiskWatch {
  let space: Space = 'enough';
  let freeBytes = Number.POSITIVE_INFINITY;

  async function look(): Promise<void> {
    freeBytes = await measureFree(folder);
    const now = judge(freeBytes);
    if (now === space) return;
    space = now;
    tell(now, { folder, freeMiB: toMebibytes(freeBytes) }, log);
  }

  return { look, trouble: () => (space === 'full' ? describeFull(folder, freeBytes) : undefined) };
}

/** Rejects where a new cluster would not fit. */
export async function refuseWithoutRoom(folder: string): Promise<void> {
  const freeBytes = await measureFree(folder);
  if (freeBytes >= newClusterBytes) return;
  throw new Error(
    `disk full: ${describeFree(freeBytes)} in ${folder}, and a new database needs ${toMebibytes(newClusterBytes)} MiB: ` +
      'make room, or choose another database.data-dir',
  );
}

/** What kept the server from starting: a full disk where there is one, else the error itself. */
export async function explainFullDisk(error: unknown, folder: string): Promise<unknown> {
  const freeBytes = await measureFree(folder).catch(() => Number.POSITIVE_INFINITY);
  if (judge(freeBytes) !== 'full') return error;
  return new Error(`${describeFull(folder, freeBytes)}; then start again`, { cause: error });
}

async function measureFree(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

function judge(freeBytes: number): Space {
  if (freeBytes < fullBelowBytes) return 'full';
  return freeBytes < lowBelowBytes ? 'low' : 'enough';
}

function tell(space: Space, fields: { readonly folder: string; readonly freeMiB: number }, log: Log): void {
  switch (space) {
    case 'full':
      log.error('disk-full', { ...fields, advice: 'make room: what needs to write is answered with a temporary error until then' });
      break;
    case 'low':
      log.warn('disk-low', { ...fields, advice: 'make room: the database stops when the disk is full' });
      break;
    case 'enough':
      log.info('disk-has-room', fields);
      break;
    default:
      space satisfies never;
  }
}

function describeFull(folder: string, freeBytes: number): string {
  return `disk full: ${describeFree(freeBytes)} in ${folder}: make room, nothing that was registered is lost`;
}

function describeFree(bytes: number): string {
  return `${bytes} bytes (${toMebibytes(bytes)} MiB) free`;
}

function toMebibytes(bytes: number): number {
  return Math.floor(bytes / mebibyte);
}
