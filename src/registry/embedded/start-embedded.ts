// Room: the PostgreSQL that Reveille brings along. In: a data folder. Out: an address; ended by whoever started it. May enter: registry,
// cli, doctor.
import { join } from 'node:path';
import { Client, DatabaseError } from 'pg';
import type { Log } from '../../log/log.ts';
import { findBinaries } from './process/binaries.ts';
import { openPassage, prepareDataFolder } from './folder/data-folder.ts';
import { createDiskWatch, explainFullDisk, type DiskWatch } from './folder/disk-space.ts';
import { lockFolder, type FolderLock } from './folder/lock.ts';
import { initialiseCluster, roleName } from './folder/initialise.ts';
import { findPostmaster, type Postmaster } from './process/postmaster.ts';
import { refuseServed } from './folder/refuse-served.ts';
import { createServerLog } from './server-log.ts';
import { findServerUser } from './process/server-user.ts';
import { startServer, stopServer } from './server.ts';
import { prepareSocketFolder, removeSocketFolder } from './folder/socket-folder.ts';
import { stopAtExit } from './process/stop-at-exit.ts';
import { createSupervisor, type Supervisor } from './supervisor.ts';

const databaseName = 'reveille';
const connectLimitMs = 10_000;
const noSuchDatabase = '3D000';

export interface EmbeddedPostgres {
  /** Good for `pg` and for PostgreSQL's own programs. */
  readonly url: string;
  /** Why it can't do its work although it may answer; undefined while it can. */
  trouble(): string | undefined;
  /** Stops the server and gives the folder free. Called by whoever started it. */
  close(): Promise<void>;
}

/**
 * Brings up the PostgreSQL of the npm package on `dataDir`: initialised on first start, reused afterwards, adopted where it
 * still runs. Rejects with one line that an administrator can act on.
 */
export async function startEmbedded(dataDir: string, log: Log): Promise<EmbeddedPostgres> {
  if (process.platform === 'win32') throw new Error('the embedded PostgreSQL does not run on Windows: set database.url');
  const folder = await prepareDataFolder(dataDir);
  // Its lock would tell nothing: the process that holds it can't be seen either.
  if (findPostmaster(join(folder, 'postgres')) === undefined) await refuseServed(folder);
  try {
    return await startLocked(folder, lockFolder(folder), log);
  } catch (error) {
    throw await explainFullDisk(error, folder);
  }
}

async function startLocked(folder: string, lock: FolderLock, log: Log): Promise<EmbeddedPostgres> {
  const disk = createDiskWatch(folder, log);
  const cluster = join(folder, 'postgres');
  const forget = stopAtExit(() => findPostmaster(cluster)?.pid, 'SIGINT');
  const release = (): void => {
    forget();
    lock.release();
  };
  try {
    const { server, supervisor } = await startIn(folder, cluster, disk, log);
    const stop = async (): Promise<void> => {
      await supervisor.close();
      await removeSocketFolder(server.socketFolder);
    };
    let closing: Promise<void> | undefined;
    const close = (): Promise<void> => (closing ??= stop().finally(release));
    return { url: buildUrl(server, databaseName), trouble: () => disk.trouble(), close };
  } catch (error) {
    release();
    throw error;
  }
}

async function startIn(
  folder: string,
  cluster: string,
  disk: DiskWatch,
  log: Log,
): Promise<{ server: Postmaster; supervisor: Supervisor }> {
  const user = await findServerUser(cluster, log);
  await openPassage(folder, user);
  const binaries = await findBinaries(folder, user, log);
  await initialiseCluster(cluster, binaries, user, log);
  const socketFolder = await prepareSocketFolder(folder, user);
  const parts = { cluster, socketFolder, binaries, user, serverLog: createServerLog(folder), log };
  const server = await startServer(parts);
  try {
    await ensureDatabase(server);
    return { server, supervisor: createSupervisor(parts, disk) };
  } catch (error) {
    await stopServer(parts);
    throw error;
  }
}

function buildUrl({ socketFolder }: Postmaster, database: string): string {
  return `postgresql://${roleName}@localhost/${database}?host=${encodeURIComponent(socketFolder)}`;
}

/** The first start may have ended between making the cluster and making the database. */
async function ensureDatabase(server: Postmaster): Promise<void> {
  try {
    await runOnce(buildUrl(server, databaseName), 'SELECT 1');
  } catch (error) {
    if (!(error instanceof DatabaseError && error.code === noSuchDatabase)) throw error;
    await runOnce(buildUrl(server, 'postgres'), `CREATE DATABASE ${databaseName}`);
  }
}

async function runOnce(url: string, text: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: connectLimitMs, query_timeout: connectLimitMs });
  client.on('error', () => undefined); // what is lost here rejects connect or query
  try {
    await client.connect();
    await client.query(text);
  } finally {
    await client.end();
  }
}
