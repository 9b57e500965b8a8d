import { chown, lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Log } from '../../../log/log.ts';
import type { Binaries } from '../process/binaries.ts';
import { refuseWithoutRoom } from './disk-space.ts';
import { examineCluster } from './examine-cluster.ts';
import { runProgram } from '../process/run-program.ts';
import type { ServerUser } from '../process/run-program.ts';

const limitMs = 120_000;
export const roleName = 'reveille';

/** Makes the cluster unless it is there; rejects, with nothing touched, where something else is. A cluster gets its name once it is complete, so half of one is never taken for one. */
export async function initialiseCluster(cluster: string, binaries: Binaries, user: ServerUser | undefined, log: Log): Promise<void> {
  await removeDrafts(cluster);
  if (await exists(cluster)) return examineCluster(cluster, binaries, user);
  await refuseWithoutRoom(dirname(cluster));
  const startedMs = performance.now();
  log.info('database-initialising', { folder: cluster });
  const draft = `${cluster}.partial`;
  await mkdir(draft, { mode: 0o700 });
  if (user !== undefined) await chown(draft, user.uid, user.gid);
  await runInitdb(draft, binaries, user);
  await rename(draft, cluster);
  await syncFolder(dirname(cluster));
  log.info('database-initialised', { ms: Math.round(performance.now() - startedMs) });
}

async function runInitdb(folder: string, { initdb }: Binaries, user: ServerUser | undefined): Promise<void> {
  const options = [`--username=${roleName}`, '--encoding=UTF8', '--locale=C', '--no-instructions'];
  // The socket's folder lets only the server's user and root in, and there is no TCP address.
  const access = ['--auth-local=trust', '--auth-host=reject'];
  const { code, output } = await runProgram(initdb, ['-D', folder, ...options, ...access], user, limitMs);
  if (code !== 0) throw new Error(`the embedded PostgreSQL could not be initialised: ${output.split('\n').slice(-3).join(' ')}`);
}

async function removeDrafts(cluster: string): Promise<void> {
  const folder = dirname(cluster);
  const drafts = (await readdir(folder)).filter((name) => name.startsWith(`${basename(cluster)}.partial`));
  for (const name of drafts) await rm(join(folder, name), { recursive: true, force: true });
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    // Any other trouble must not look like a place that is free.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

/** A rename survives a power failure once its folder is on disk. */
async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder);
  await handle.sync();
}
