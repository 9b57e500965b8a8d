import type { Log } from '../log/log.ts';
import { createCredentialStore, sealCredentialsAnew, type CredentialKeys } from './credentials/create-credential-store.ts';
import { createDeferredStore, type DeferredOptions } from './deferred/create-deferred-store.ts';
import { createRegistry, type WatchDevices } from './create-registry.ts';
import { createWire, type InstanceWire } from './instances/create-wire.ts';
import type { CredentialStore } from './credentials/credential-store.ts';
import type { Database } from './postgres/database.ts';
import type { DeferredStore } from './deferred/deferred-store.ts';
import { askNothing } from './devices/table.ts';
import { startEmbedded } from './embedded/start-embedded.ts';
import { migrate } from './postgres/migrate.ts';
import { createPostgres } from './postgres/postgres.ts';
import { DatabaseUnavailable, type Registry } from './registry.ts';

export interface OpenRegistryOptions extends CredentialKeys, DeferredOptions {
  /** Undefined: the embedded PostgreSQL under `dataDir`. */
  readonly url: string | undefined;
  readonly dataDir: string;
  readonly devicesPerOwner: number;
  /** Devices kept in memory; 200 000 where not given. */
  readonly cacheSize?: number;
}

/** A registry, and the credentials and waiting pushes kept in the same database. */
export interface OpenRegistry extends Registry {
  readonly credentials: CredentialStore;
  readonly deferred: DeferredStore;
  readonly watchDevices: WatchDevices;
  readonly wire: InstanceWire;
}

/**
 * Database, migrations and registry in one. Rejects, with nothing left open, where one of them fails: `DatabaseUnavailable`
 * where another try may go through. Closing the registry closes all of it, the embedded server included.
 */
export async function openRegistry(options: OpenRegistryOptions, log: Log): Promise<OpenRegistry> {
  const database = await openDatabase(options, log);
  try {
    await migrate(database, log);
    await sealCredentialsAnew(database, options, log);
    const credentials = createCredentialStore(database, options);
    const registry = await createRegistry(database, options, log);
    const deferred = createDeferredStore(database, options, log);
    const wire = createWire(database, options.secret);
    return { ...registry, credentials, deferred, wire, close: () => deferred.close().then(() => registry.close()) };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** The configured database, or the embedded one, which its `close` stops. */
export async function openDatabase({ url, dataDir }: Pick<OpenRegistryOptions, 'url' | 'dataDir'>, log: Log): Promise<Database> {
  if (url !== undefined) return createPostgres(url, log);
  const embedded = await startEmbedded(dataDir, log);
  const database = tellTrouble(createPostgres(embedded.url, log), () => embedded.trouble());
  const close = (): Promise<void> => database.close().finally(() => embedded.close());
  return { ...database, close };
}

/** Whoever asks whether the embedded database is well is told of a full disk as well: it answers, and can't keep anything. */
function tellTrouble(database: Database, trouble: () => string | undefined): Database {
  const query: Database['query'] = async (statement, values) => {
    const found = statement === askNothing ? trouble() : undefined;
    if (found === undefined) return database.query(statement, values);
    throw new DatabaseUnavailable(found, { cause: Object.assign(new Error(found), { code: 'ENOSPC' }) });
  };
  return { ...database, query };
}
