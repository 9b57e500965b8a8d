import { LRUCache } from 'lru-cache';
import { growingTo } from '../../base/growing-to.ts';
import type { Device, FoundDevice } from './device.ts';
import { admit } from './admit.ts';
import { createRefusals } from './refusals.ts';
import { DatabaseUnavailable, type Registry } from '../registry.ts';

const maxNodeLength = 256;

/** What a query found, and how often everything was called in doubt by then. */
interface Known {
  readonly device: FoundDevice;
  readonly doubts: number;
}

/** One query under way, shared by all who ask for its node meanwhile. */
interface Flight {
  readonly device: Promise<FoundDevice | undefined>;
  /** False once the node changed after the query started: its answer serves those who wait, and is not remembered. */
  isCurrent: boolean;
  /** Number of changes when the answer came: a waiter that sees another number woke up after a later change. */
  changes: number;
}

export interface DeviceCache {
  /**
   * Contract of {@link Registry.lookup}. Rejects as `load` does, except that a device in doubt is good enough while the
   * database can't be had: its pushes must flow.
   */
  readonly lookup: Registry['lookup'];
  /** The node changed or is gone. */
  drop(node: string): void;
  /** Any node may have changed: each is asked for again before it is used. */
  doubt(): void;
}

/** Devices in memory, the one unused longest gives way. `load` is the one query behind a lookup. */
export function createDeviceCache(maxDevices: number, load: (node: string) => Promise<FoundDevice | undefined>): DeviceCache {
  const devices = new LRUCache<string, Known>(growingTo(maxDevices));
  const refusals = createRefusals();
  const flights = new Map<string, Flight>();
  let changes = 0;
  let doubts = 0;

  function remember(node: string, device: FoundDevice | undefined): void {
    if (device === undefined) devices.delete(node);
    // Under the name that came from the database, not the one that was asked for (own-text.ts).
    else devices.set(device.behind === node ? device.behind : device.node, { device, doubts });
  }

  function start(node: string): Flight {
    const flight: Flight = { device: fly(), isCurrent: true, changes };
    flights.set(node, flight);
    return flight;

    async function fly(): Promise<FoundDevice | undefined> {
      try {
        const device = await load(node);
        if (flight.isCurrent) remember(node, device);
        return device;
      } finally {
        flight.changes = changes;
        if (flights.get(node) === flight) flights.delete(node);
      }
    }
  }

  async function lookup(node: string, publisher: string, accepts: (device: Device) => boolean): Promise<FoundDevice | undefined> {
    // NUL is the one character that PostgreSQL refuses in text.
    if (node.length > maxNodeLength || node.includes('\0')) return undefined;
    const known = devices.get(node);
    const acceptable = known === undefined ? undefined : admit(known.device, accepts);
    if (acceptable !== undefined && known?.doubts === doubts) return acceptable;
    if (refusals.has(node, publisher)) return undefined;
    // A refused publisher of a cached device pays the query too, else the quick answer would tell that the node exists.
    const flight = flights.get(node) ?? start(node);
    const device = await flight.device.catch((error: unknown) => {
      if (acceptable !== undefined && error instanceof DatabaseUnavailable) return acceptable;
      throw error;
    });
    const admitted = device === undefined ? undefined : admit(device, accepts);
    if (admitted !== undefined) return admitted;
    if (flight.isCurrent && flight.changes === changes) refusals.add(node, publisher);
    return undefined;
  }

  function outdate(node: string, flight: Flight): void {
    flight.isCurrent = false;
    flights.delete(node);
  }

  return {
    lookup,
    drop: (node) => {
      changes += 1;
      devices.delete(node);
      refusals.drop(node);
      const flight = flights.get(node);
      if (flight !== undefined) outdate(node, flight);
    },
    doubt: () => {
      changes += 1;
      doubts += 1;
      refusals.clear();
      for (const [node, flight] of flights) outdate(node, flight);
    },
  };
}
