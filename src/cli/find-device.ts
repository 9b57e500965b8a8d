import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseError } from 'pg';
import type { Config } from '../config/config.ts';
import type { Log } from '../log.ts';
import { createRegistry } from '../registry/create-registry.ts';
import type { Database } from '../registry/database.ts';
import type { Device } from '../registry/device.ts';
import { roleName } from '../registry/embedded/initialise.ts';
import { findPostmaster, waitUntil } from '../registry/embedded/postmaster.ts';
import { openDatabase } from '../registry/open.ts';
import { createPostgres } from '../registry/postgres.ts';

const startLimitMs = 30_000;
// https://www.postgresql.org/docs/current/errcodes-appendix.html: a table, or a column, that isn't there.
const unknownSchemaCodes: readonly unknown[] = ['42P01', '42703'];

/**
 * The device of a node, read from the database and nothing changed there: no migration, no new embedded cluster. Undefined
 * where nobody registered it. Closes what it opened; rejects where the database can't be had or asked.
 */
export async function findDevice({ database: options, limits }: Config, node: string, log: Log): Promise<Device | undefined> {
  const database = await open(options, log);
  if (database === undefined) return undefined;
  try {
    const registry = await createRegistry(database, { devicesPerOwner: limits.devicesPerOwner }, log);
    return await registry.lookup(node, 'reveille push', () => true);
  } catch (error) {
    if (!(error instanceof DatabaseError && unknownSchemaCodes.includes(error.code))) throw error;
    throw new Error('the database is not in the state this version needs: run reveille migrate', { cause: error });
  } finally {
    await database.close();
  }
}

/** Undefined where the embedded database was never made, so that nothing can be in it. */
async function open(options: Config['database'], log: Log): Promise<Database | undefined> {
  if (options.url !== undefined) return openDatabase(options, log);
  const cluster = await findCluster(options.dataDir);
  if (cluster === undefined) return undefined;
  return (await connectRunning(cluster, log)) ?? openDatabase(options, log);
}

async function findCluster(dataDir: string): Promise<string | undefined> {
  try {
    const cluster = join(await realpath(dataDir), 'postgres');
    await stat(cluster);
    return cluster;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The server of a living `serve` is only used, neither adopted nor stopped: its folder belongs to that one. */
async function connectRunning(cluster: string, log: Log): Promise<Database | undefined> {
  const isDecided = (): boolean => findPostmaster(cluster)?.isReady ?? true;
  await waitUntil(isDecided, startLimitMs);
  const server = findPostmaster(cluster);
  if (server?.isReady !== true) return undefined;
  return createPostgres(`postgresql://${roleName}@localhost/${roleName}?host=${encodeURIComponent(server.socketFolder)}`, log);
}
