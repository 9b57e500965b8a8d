import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../../log/log.ts';
import type { Database } from '../../registry/postgres/database.ts';
import { roleName } from '../../registry/embedded/folder/initialise.ts';
import { findPostmaster } from '../../registry/embedded/process/postmaster.ts';
import { createPostgres } from '../../registry/postgres/postgres.ts';
import { codeOf } from '../../base/error-code.ts';

/** The folder of the embedded server; undefined before the first start. */
export async function findCluster(dataDir: string): Promise<string | undefined> {
  try {
    const cluster = join(await realpath(dataDir), 'postgres');
    await stat(cluster);
    return cluster;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** A connection to the embedded server that runs already, which belongs to somebody else; undefined where none runs. */
export async function openRunning(dataDir: string, log: Log): Promise<Database | undefined> {
  const cluster = await findCluster(dataDir);
  const server = cluster === undefined ? undefined : findPostmaster(cluster);
  if (server?.isReady !== true) return undefined;
  return createPostgres(`postgresql://${roleName}@localhost/${roleName}?host=${encodeURIComponent(server.socketFolder)}`, log);
}
