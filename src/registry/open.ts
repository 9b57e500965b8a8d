import type { Log } from '../log.ts';
import { createRegistry } from './create-registry.ts';
import type { Database } from './database.ts';
import { startEmbedded } from './embedded/start-embedded.ts';
import { migrate } from './migrate.ts';
import { createPostgres } from './postgres.ts';
import type { Registry } from './registry.ts';

export interface OpenRegistryOptions {
  /** Undefined: the embedded PostgreSQL under `dataDir`. */
  readonly url: string | undefined;
  readonly dataDir: string;
  readonly devicesPerOwner: number;
  /** Devices kept in memory; 200 000 where not given. */
  readonly cacheSize?: number;
}

/**
 * Database, migrations and registry in one. Rejects, with nothing left open, where one of them fails: `DatabaseUnavailable`
 * where another try may go through. Closing the registry closes all of it, the embedded server included.
 */
export async function openRegistry(options: OpenRegistryOptions, log: Log): Promise<Registry> {
  const database = await openDatabase(options, log);
  try {
    await migrate(database, log);
    return await createRegistry(database, options, log);
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** The configured database, or the embedded one, which its `close` stops. */
export async function openDatabase({ url, dataDir }: Pick<OpenRegistryOptions, 'url' | 'dataDir'>, log: Log): Promise<Database> {
  if (url !== undefined) return createPostgres(url, log);
  const embedded = await startEmbedded(dataDir, log);
  const database = createPostgres(embedded.url, log);
  const close = (): Promise<void> => database.close().finally(() => embedded.close());
  return { ...database, close };
}
