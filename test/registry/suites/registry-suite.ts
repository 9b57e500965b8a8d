import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createRegistry } from '../../../src/registry/create-registry.ts';
import type { Database, Statement } from '../../../src/registry/postgres/database.ts';
import type { Device, Registration } from '../../../src/registry/devices/device.ts';
import { createLog } from '../../../src/log/log.ts';
import { migrate } from '../../../src/registry/postgres/migrate.ts';
import { createPostgres } from '../../../src/registry/postgres/postgres.ts';
import type { Registry } from '../../../src/registry/registry.ts';
import { waitFor } from '../../helpers/wait-for.ts';

export const silent = createLog('silent');
export const everybody = (): boolean => true;
export const nobody = (): boolean => false;
const patienceMs = 20_000;

/** A registry with its queries listed by statement name. */
export interface CountedRegistry extends Registry {
  readonly queries: string[];
  readonly url: string;
}

export async function openCounted(url: string, options: { devicesPerOwner?: number; cacheSize?: number } = {}): Promise<CountedRegistry> {
  const queries: string[] = [];
  const database = countQueries(createPostgres(url, silent), queries);
  try {
    await migrate(database, silent);
    const registry = await createRegistry(database, { devicesPerOwner: 25, ...options }, silent);
    return { ...registry, queries, url };
  } catch (error) {
    await database.close();
    throw error;
  }
}

export function countQueries(database: Database, queries: string[]): Database {
  const query: Database['query'] = (statement: Statement, values) => {
    queries.push(statement.name);
    return database.query(statement, values);
  };
  return { ...database, query };
}

/** A registration that no other test has. */
export function buildRegistration(changes: Partial<Registration> = {}): Registration {
  return { owner: `${randomUUID()}@example.org`, provider: 'apns', token: `t-${randomUUID()}`, secondToken: undefined, ...changes };
}

export async function find(registry: Registry, { node }: Pick<Device, 'node'>): Promise<Device | undefined> {
  return registry.lookup(node, 'example.org', everybody);
}

/** Asks until the condition holds; fails when it does not in time. */
export async function eventually(condition: () => Promise<boolean> | boolean, what: string): Promise<void> {
  await waitFor(what, condition, patienceMs);
}

export { assert };
