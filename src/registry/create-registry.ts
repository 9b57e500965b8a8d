import type { Log } from '../log/log.ts';
import type { Database } from './postgres/database.ts';
import { createDeviceCache } from './devices/cache.ts';
import { adoptDevice, buildImportedHandle, domainOf } from './devices/imported.ts';
import { countDevices, countDialects, countDomains, listDevices, removeDevices } from './devices/queries.ts';
import { ownDialect } from './devices/device.ts';
import type { Device, DeviceKey, FoundDevice, HandleKey, OwnedTokens, Registration } from './devices/device.ts';
import * as table from './devices/table.ts';
import { listProofs, prove } from './credentials/proofs-table.ts';
import { buildNode } from './devices/node.ts';
import type { Registry } from './registry.ts';
import { buildTokenKey } from './devices/token-key.ts';
import { createTouches } from './devices/touches.ts';
import { createTurns } from './devices/turns.ts';

const defaultCacheSize = 200_000;

export interface RegistryOptions {
  readonly devicesPerOwner: number;
  /** Devices kept in memory. */
  readonly cacheSize?: number;
}

/** Hears of nodes whose registrations changed or are gone; undefined: any may have. */
export type WatchDevices = (onChange: (nodes: readonly string[] | undefined) => void) => void;

/** The tables exist already. Settles once changes by other instances are heard; closing the registry closes `database`. */
export async function createRegistry(
  database: Database,
  options: RegistryOptions,
  log: Log,
): Promise<Registry & { readonly watchDevices: WatchDevices }> {
  const cacheSize = options.cacheSize ?? defaultCacheSize;
  const cache = createDeviceCache(cacheSize, (node) => find(database, node));
  const touches = createTouches(cacheSize, (nodes) => database.query(table.touchDevices, [nodes]), log);
  // Two registrations of one owner at once would each miss the other when counting devices.
  const takeTurn = createTurns();
  const watchers: Parameters<WatchDevices>[0][] = [];
  let closing: Promise<void> | undefined;

  try {
    await database.listen(table.changesChannel, {
      onPayload: (payload) => dropAll(payload.split('\n')),
      onReset: () => {
        cache.doubt();
        tell(undefined);
      },
    });
  } catch (error) {
    // Its clock would keep all of this in memory, and whoever waits for a database comes here again and again.
    await touches.close();
    throw error;
  }

  function dropAll(nodes: readonly string[]): void {
    for (const node of nodes) cache.drop(node);
    tell(nodes);
  }

  function tell(nodes: readonly string[] | undefined): void {
    for (const onChange of watchers) onChange(nodes);
  }

  async function register(registration: Registration): Promise<Device> {
    dropAll(await adoptDevice(database, registration));
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
    dropAll(rows.flatMap(table.parseNames));
    return rows.length > 0;
  }

  async function unregisterToken({ owner, tokens }: OwnedTokens): Promise<boolean> {
    if (owner.includes('\0')) return false;
    const rows = await database.query(table.unregisterToken, [owner, tokens.map(buildTokenKey)]);
    dropAll(rows.flatMap(table.parseNames));
    return rows.length > 0;
  }

  async function unregisterHandle({ owner, handle, imported }: HandleKey): Promise<boolean> {
    if (owner.includes('\0') || handle.includes('\0')) return false;
    const former = imported === undefined ? '' : buildImportedHandle(imported);
    const rows = await database.query(table.unregisterHandle, [owner, handle, domainOf(owner), former]);
    dropAll(rows.flatMap(table.parseNames));
    return rows.length > 0;
  }

  async function forget(provider: string, token: string, since: Date): Promise<readonly Device[]> {
    const rows = await database.query(table.forgetDevices, [provider, buildTokenKey(token), since]);
    const devices = rows.map(table.parseDevice);
    dropAll(devices.flatMap(namesOf));
    return devices;
  }

  const remove: Registry['remove'] = async (filter, limit) => {
    const devices = await removeDevices(database, filter, limit);
    dropAll(devices.flatMap(namesOf));
    return devices;
  };

  async function note(node: string, text: string): Promise<void> {
    const rows = await database.query(table.noteDevice, [node, text]);
    dropAll(rows.flatMap(table.parseNames));
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
    countDomains: (limit) => countDomains(database, limit),
    list: (filter, page) => listDevices(database, filter, page),
    remove,
    prove: (proof) => prove(database, proof),
    listProofs: (key) => listProofs(database, key),
    ping: async () => {
      await database.query(table.askNothing);
    },
    watchDevices: (onChange) => {
      watchers.push(onChange);
    },
    close: () => (closing ??= closeAll()),
  };
}

function buildValues(registration: Registration, devicesPerOwner: number): readonly unknown[] {
  const { owner, provider, token, secondToken, secret, dialect } = registration;
  const { name = ownDialect, handle = '', keys = {} } = dialect ?? {};
  const device = [buildNode(), owner, provider, token, buildTokenKey(token), secondToken ?? null, secret ?? null];
  return [...device, devicesPerOwner, name, handle, JSON.stringify(keys)];
}

async function find(database: Database, node: string): Promise<FoundDevice | undefined> {
  return table.parseFound(await database.query(table.findDevices, [node]));
}

function namesOf({ node, behind }: Device): readonly string[] {
  return behind === undefined ? [node] : [node, behind];
}
