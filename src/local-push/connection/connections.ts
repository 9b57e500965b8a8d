import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Device } from '../../registry/devices/device.ts';
import { buildStopping, endings } from '../endings.ts';
import { Connection, type House, type Line } from './connection.ts';

/** Between so many goodbyes what else has come is seen to: answers to publishes above all. */
const goodbyesAtOnce = 100;

export interface ConnectionsOptions extends Pick<House, 'timing' | 'judge'> {
  /** A device is connected, and was not at this instance before. */
  readonly onCome: (connection: Connection, device: Device) => void;
  /** It is not connected any more. */
  readonly onGone: (node: string) => void;
}

/** All connections of this instance. Whoever created it closes it. */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #all = new Set<Connection>();
  readonly #byNode = new Map<string, Connection>();
  readonly #house: House;
  readonly #clock: NodeJS.Timeout;
  #whenEmpty: (() => void) | undefined;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
    this.#house = {
      timing: options.timing,
      judge: options.judge,
      welcome: (connection, device) => this.#welcome(connection, device),
      leave: (connection) => this.#leave(connection),
    };
    this.#clock = setInterval(() => this.#look(), options.timing.lookMs).unref();
  }

  /** Proven ones, by transport. */
  get counts(): Readonly<Record<Line['transport'], number>> {
    const counts = { websocket: 0, events: 0 };
    for (const { transport } of this.#byNode.values()) counts[transport] += 1;
    return counts;
  }

  /** Devices that are connected. */
  get connected(): number {
    return this.#byNode.size;
  }

  get nodes(): Iterable<string> {
    return this.#byNode.keys();
  }

  get size(): number {
    return this.#all.size;
  }

  open(line: Line): Connection {
    const connection = new Connection(line, this.#house);
    this.#all.add(connection);
    return connection;
  }

  /** The line of this connection is gone. */
  closed(connection: Connection): void {
    connection.closed();
    this.#all.delete(connection);
    if (this.#all.size === 0) this.#whenEmpty?.();
  }

  find(node: string): Connection | undefined {
    return this.#byNode.get(node);
  }

  /**
   * Tells everybody to come back later, each at another time; who was not told within `limitMs` is cut off. Settles when all lines are
   * gone, twice `limitMs` after the call at the latest.
   */
  async drain(limitMs: number): Promise<void> {
    const [all, startedAt] = [[...this.#all], performance.now()];
    for (const [index, connection] of all.entries()) {
      if (performance.now() - startedAt < limitMs) connection.end(buildStopping(all.length));
      else connection.cut();
      if (index % goodbyesAtOnce === goodbyesAtOnce - 1) await nextTurn();
    }
    if (this.#all.size === 0) return;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#whenEmpty = () => resolve(undefined);
    const timer = setTimeout(() => resolve(undefined), Math.max(0, startedAt + 2 * limitMs - performance.now()));
    await promise;
    clearTimeout(timer);
  }

  /** After `drain`: nothing is looked for any more. */
  close(): void {
    clearInterval(this.#clock);
  }

  #look(): void {
    const now = performance.now();
    for (const connection of this.#all) connection.look(now);
  }

  /** The newer one wins: the older is a line that the device has left. */
  #welcome(connection: Connection, device: Device): void {
    const older = this.#byNode.get(device.node);
    this.#byNode.set(device.node, connection);
    older?.end(endings.replaced);
    this.#options.onCome(connection, device);
  }

  #leave(connection: Connection): void {
    const node = connection.device?.node;
    if (node === undefined || this.#byNode.get(node) !== connection) return;
    this.#byNode.delete(node);
    this.#options.onGone(node);
  }
}
