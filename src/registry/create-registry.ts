import { randomBytes } from 'node:crypto';
import type { Log } from '../log/log.ts';
import type { Database } from './postgres/database.ts';
import { createDeviceCache } from './devices/cache.ts';
import { countDevices, countDialects, listDevices, removeDevices } from './devices/queries.ts';
import { ownDialect } from './devices/device.ts';
import type { Device, DeviceKey, HandleKey, OwnedTokens, Registration } from './devices/device.ts';
import * as table from './devices/table.ts';
import { listProofs, prove } from './credentials/proofs-table.ts';
import type { Registry } from './registry.ts';
import { buildTokenKey } from './devices/token-key.ts';
import { createTouches } from './devices/touches.ts';
import { createTurns } from './devices/turns.ts';

const nodeBytes = 24;
const defaultCacheSize = 200_000;

export interface RegistryOptions {
  readonly devicesPerOwner: number;
  /** Devices kept in memory. */
  readonly cacheSize?: number;
}

/** The tables exist already. Settles once changes by other instances are heard; closing the registry closes `database`. */
export async function createRegistry(database: Database, options: RegistryOptions, log: Log): Promise<Registry> {
  const cacheSize = options.cacheSize ?? defaultCacheSize;
  const cache = createDeviceCache(cacheSize, (node) => find(database, node));
  const touches = createTouches(cacheSize, (nodes) => database.query(table.touchDevices, [nodes]), log);
  // Two registrations of one owner at once would each miss the other when counting devices.
  const takeTurn = createTurns();
  let closing: Promise<void> | undefined;

  try {
    await database.listen(table.changesChannel, {
      onPayload: (payload) => dropAll(payload.split('\n')),
      onReset: () => cache.doubt(),
    });
  } catch (error) {
    // Its clock would keep all of this in memory, and whoever waits for a database comes here again and again.
    await touches.close();
    throw error;
  }

  function dropAll(nodes: readonly string[]): void {
    for (const node of nodes) cache.drop(node);
  }

  async function register(registration: Registration): Promise<Device> {
    const statement = registration.dialect === undefined ? table.registerDevice : table.registerHandle;
    const [row] = await database.query(statement, buildValues(registration, options.devicesPerOwner));
    if (row === undefined) throw new TypeError('a registration returned no row');
    dropAll(table.parseNodes(row));
    return table.parseDevice(row);
  }

  async function unregister({ owner, provider, token }: DeviceKey): Promise<boolean> {
    // PostgreSQL refuses NUL in text, and JSON may bring one.
    if (owner.includes('\0') || provider.includes('\0')) return false;
    const rows = await database.query(table.unregisterDevice, [owner, provider, buildTokenKey(token)]);
    dropAll(rows.map((row) => table.parseText(row, 'node')));
    return rows.length > 0;
  }

  async function unregisterToken({ owner, tokens }: OwnedTokens): Promise<boolean> {
    if (owner.includes('\0')) return false;
    const rows = await database.query(table.unregisterToken, [owner, tokens.map(buildTokenKey)]);
    dropAll(rows.map((row) => table.parseText(row, 'node')));
    return rows.length > 0;
  }

  async function unregisterHandle({ owner, handle }: HandleKey): Promise<boolean> {
    if (owner.includes('\0') || handle.includes('\0')) return false;
    const rows = await database.query(table.unregisterHandle, [owner, handle]);
    dropAll(rows.map((row) => table.parseText(row, 'node')));
    return rows.length > 0;
  }

  async function forget(provider: string, token: string, since: Date): Promise<readonly Device[]> {
    const rows = await database.query(table.forgetDevices, [provider, buildTokenKey(token), since]);
    const devices = rows.map(table.parseDevice);
    dropAll(devices.map(({ node }) => node));
    return devices;
  }

  const remove: Registry['remove'] = async (filter, limit) => {
    const devices = await removeDevices(database, filter, limit);
    dropAll(devices.map(({ node }) => node));
    return devices;
  };

  async function note(node: string, text: string): Promise<void> {
    const rows = await database.query(table.noteDevice, [node, text]);
    dropAll(rows.map((row) => table.parseText(row, 'node')));
  }

  async function closeAll(): Promise<void> {
    await touches.close();
    await database.close();
  }

  return {
    register: (registration) => takeTurn(registration.owner, () => register(registration)),
    unregister,
    unregisterToken,
    unregisterHandle,
    lookup: cache.lookup,
    touch: ({ node }) => touches.touch(node),
    forget,
    note,
    count: (filter = {}) => countDevices(database, filter),
    countDialects: () => countDialects(database),
    list: (filter, page) => listDevices(database, filter, page),
    remove,
    prove: (proof) => prove(database, proof),
    listProofs: (key) => listProofs(database, key),
    ping: async () => {
      await database.query(table.askNothing);
    },
    close: () => (closing ??= closeAll()),
  };
}

function buildValues(registration: Registration, devicesPerOwner: number): readonly unknown[] {
  const { owner, provider, token, secondToken, secret, dialect } = registration;
  const node = randomBytes(nodeBytes).toString('base64url');
  const { name = ownDialect, handle = '', keys = {} } = dialect ?? {};
  const device = [node, owner, provider, token, buildTokenKey(token), secondToken ?? null, secret ?? null];
  return [...device, devicesPerOwner, name, handle, JSON.stringify(keys)];
}

async function find(database: Database, node: string): Promise<Device | undefined> {
  const [row] = await database.query(table.findDevice, [node]);
  return row === undefined ? undefined : table.parseDevice(row);
}
