import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseError } from 'pg';
import type { Log } from '../log/log.ts';
import { createRegistry } from './create-registry.ts';
import type { Database } from './postgres/database.ts';
import { roleName } from './embedded/folder/initialise.ts';
import { findPostmaster, waitUntil } from './embedded/process/postmaster.ts';
import { openDatabase } from './open.ts';
import type { OpenRegistryOptions } from './open.ts';
import { createPostgres } from './postgres/postgres.ts';
import { refuseNewerTables } from './postgres/schema.ts';
import type { Registry } from './registry.ts';

const startLimitMs = 30_000;
// https://www.postgresql.org/docs/current/errcodes-appendix.html: a table, or a column, that isn't there.
const unknownSchemaCodes: readonly unknown[] = ['42P01', '42703'];

type Place = Pick<OpenRegistryOptions, 'url' | 'dataDir'>;

/**
 * Works on the registry beside whoever else does, a living `serve` for instance: no migration, no new embedded cluster.
 * Settles with what `work` settles with, or undefined where the embedded database was never made, so that nothing can be
 * in it. Closes what it opened; rejects where the database can't be had or asked.
 */
export async function visitRegistry<T>(
  { database: place, limits }: { readonly database: Place; readonly limits: Pick<OpenRegistryOptions, 'devicesPerOwner'> },
  log: Log,
  work: (registry: Registry) => Promise<T>,
): Promise<T | undefined> {
  const database = await openExisting(place, log);
  if (database === undefined) return undefined;
  try {
    return await useTables(database, async () => work(await createRegistry(database, limits, log)));
  } finally {
    await database.close();
  }
}

/** For work on tables that nobody brought to the state of this program; rejects, saying what to do, where they are of another. */
export async function useTables<T>(database: Database, work: () => Promise<T>): Promise<T> {
  try {
    await refuseNewerTables(database);
    return await work();
  } catch (error) {
    throw explain(error);
  }
}

function explain(error: unknown): unknown {
  if (!(error instanceof DatabaseError && unknownSchemaCodes.includes(error.code))) return error;
  return new Error('the database is not in the state this version needs: run reveille migrate', { cause: error });
}

/** The database, also while another process has it; undefined where the embedded one was never made. Closed by the caller. */
export async function openExisting(place: Place, log: Log): Promise<Database | undefined> {
  if (place.url !== undefined) return openDatabase(place, log);
  const cluster = await findCluster(place.dataDir);
  if (cluster === undefined) return undefined;
  return (await connectRunning(cluster, log)) ?? openDatabase(place, log);
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
