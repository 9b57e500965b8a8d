import { createHash } from 'node:crypto';
import { chmod, chown, lstat, mkdir, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerUser } from '../process/run-program.ts';

/** unix(7): sun_path holds 108 bytes on Linux and 104 on macOS, with the closing NUL. */
const maxPathBytes = 103;
export const socketName = '.s.PGSQL.5432';

/** A folder for the server's socket that only its user may enter: under `dataDir`, or in the temporary folder where that is too long. */
export async function prepareSocketFolder(dataDir: string, user: ServerUser | undefined): Promise<string> {
  const folder = locateSocketFolder(dataDir);
  await mkdir(folder, { mode: 0o700 }).catch(ignoreExisting);
  const found = await lstat(folder);
  const owners = [process.getuid?.(), user?.uid];
  // In a temporary folder anybody may have been here before us.
  if (!found.isDirectory() || !owners.includes(found.uid)) throw new Error(`${folder} is not ours: remove it`);
  await chmod(folder, 0o700);
  if (user !== undefined) await chown(folder, user.uid, user.gid);
  return folder;
}

/** Once the server has stopped; a folder that is not empty is left alone. */
export async function removeSocketFolder(folder: string): Promise<void> {
  await rmdir(folder).catch(() => undefined); // the next start makes it anew or finds it
}

export function locateSocketFolder(dataDir: string): string {
  const digest = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  const candidates = [join(dataDir, 'socket'), join(tmpdir(), `reveille-${digest}`)];
  return candidates.find((folder) => Buffer.byteLength(join(folder, socketName)) <= maxPathBytes) ?? `/tmp/reveille-${digest}`;
}

function ignoreExisting(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
}
