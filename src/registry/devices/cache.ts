import { RecordCache } from '../../base/records/record-cache.ts';
import type { Device, FoundDevice } from './device.ts';
import { admit } from './admit.ts';
import { pack } from './packing/pack.ts';
import { Unpacker } from './packing/unpack.ts';
import { createRefusals } from './refusals.ts';
import { DatabaseUnavailable, type Registry } from '../registry.ts';

const maxNodeLength = 256;

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
  const devices = new RecordCache(maxDevices);
  const unpacker = new Unpacker();
  const refusals = createRefusals();
  const flights = new Map<string, Flight>();
  let changes = 0;
  let doubts = 0;

  function remember(node: string, device: FoundDevice | undefined): void {
    if (device === undefined) {
      devices.delete(node);
      return;
    }
    // Under the name that came from the database, not the one that was asked for: by that one it will be dropped.
    const name = device.behind === node ? device.behind : device.node;
    devices.set(name, pack(device, doubts, name));
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

  const lookup: Registry['lookup'] = (node, publisher, accepts) => {
    // NUL is the one character that PostgreSQL refuses in text.
    if (node.length > maxNodeLength || node.includes('\0')) return undefined;
    const known = devices.get(node);
    if (known === undefined) return refusals.has(node, publisher) ? undefined : ask(node, publisher, accepts, undefined);
    const isInDoubt = unpacker.moveTo(known) !== doubts;
    const acceptable = admit(unpacker.readFound(), accepts);
    if (acceptable !== undefined && !isInDoubt) return acceptable;
    // A refused publisher of a cached device pays the query too, else the quick answer would tell that the node exists.
    return refusals.has(node, publisher) ? undefined : ask(node, publisher, accepts, acceptable);
  };

  /** `acceptable` is good enough while the database can't be had. */
  async function ask(
    node: string,
    publisher: string,
    accepts: (device: Device) => boolean,
    acceptable: FoundDevice | undefined,
  ): Promise<FoundDevice | undefined> {
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
