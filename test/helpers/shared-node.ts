import { createLog } from '../../src/log/log.ts';
import { type Imported, importDevices } from '../../src/registry/devices/imported.ts';
import { createPostgres } from '../../src/registry/postgres/postgres.ts';

/** What stands behind one node, as Tigase Push had it. */
export interface SharedNode {
  readonly node: string;
  readonly owner: string;
  readonly provider: string;
  readonly tokens: readonly string[];
}

/** Puts devices behind one node into a database that has its tables, as an import does. */
export async function importShared(url: string, { tokens, ...device }: SharedNode, isDry = false): Promise<Imported> {
  const database = createPostgres(url, createLog('silent'));
  try {
    const devices = tokens.map((token) => ({ ...device, token, secondToken: undefined, secret: undefined, registeredAt: undefined }));
    return await importDevices(database, devices, isDry);
  } finally {
    await database.close();
  }
}
