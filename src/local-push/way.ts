import type { DeferredKind } from '../registry/deferred/deferred-store.ts';
import type { Device } from '../registry/devices/device.ts';
import type { LocalWay } from '../push/dispatch/local-way.ts';
import type { Push } from '../push/provider/provider.ts';
import type { Connection } from './connection/connection.ts';
import type { Connections } from './connection/connections.ts';
import type { ForeignPush, Instances } from './instances/instances.ts';
import { writeMessage } from './messages.ts';

export interface WayParts {
  readonly providers: ReadonlySet<string>;
  readonly connections: Connections;
  readonly instances: Instances;
  /** A push as its app reads it; never throws. */
  readonly contentOf: (push: Push, provider: string) => Readonly<Record<string, unknown>>;
  readonly measurements: LocalMeasurements | undefined;
}

/** Where pushes to connected devices are counted. Does not throw. */
export interface LocalMeasurements {
  /** The device acknowledged it in time, or it was left to the push service. */
  localPush(provider: string, end: 'delivered' | 'fallen-back'): void;
}

/** Pushes to devices that are connected, here or to another instance. */
export class ConnectedWay implements LocalWay {
  readonly #parts: WayParts;
  #isClosed = false;

  constructor(parts: WayParts) {
    this.#parts = parts;
  }

  /** Apps of other dialects are woken, no more: for them a second push shows nothing, and they get no key that they do not know. */
  covers({ provider, dialect, isStateless }: Device): boolean {
    return this.#parts.providers.has(provider) && dialect === undefined && isStateless !== true;
  }

  offer(push: Push, device: Device, kind: DeferredKind): Promise<boolean> | undefined {
    const { providers, measurements } = this.#parts;
    if (this.#isClosed || !providers.has(device.provider) || device.isStateless === true) return undefined;
    const taken = this.#send(push, device, kind);
    if (taken === undefined) return undefined;
    return taken.then((isTaken) => {
      measurements?.localPush(device.provider, isTaken ? 'delivered' : 'fallen-back');
      return isTaken;
    });
  }

  /** A push of another instance, for a device that is connected here. */
  async take({ node, id, text }: ForeignPush): Promise<boolean> {
    const connection = this.#parts.connections.find(node);
    return connection !== undefined && !this.#isClosed && this.#insist(connection, node, id, text);
  }

  /** From now on every push is left to its push service. */
  close(): void {
    this.#isClosed = true;
  }

  #send(push: Push, { node, provider }: Device, kind: DeferredKind): Promise<boolean> | undefined {
    const { connections, instances, contentOf } = this.#parts;
    const write = () =>
      writeMessage({
        type: 'push',
        id: push.id,
        kind,
        expiresInMs: Math.max(0, push.expiresAt.getTime() - Date.now()),
        payload: contentOf(push, provider),
      });
    const connection = connections.find(node);
    // A call is sent over a doubtful one as well: it is not held up by that.
    if (connection?.isTrusted === true || (connection !== undefined && kind === 'call'))
      return this.#insist(connection, node, push.id, write());
    if (connection !== undefined || !instances.isElsewhere(node)) return undefined;
    return instances.forward({ node, id: push.id, text: write() });
  }

  /** Where the device has come back meanwhile, the push goes over its new connection. */
  async #insist(connection: Connection, node: string, id: string, text: string): Promise<boolean> {
    if (await connection.offer(id, text)) return true;
    const newer = this.#parts.connections.find(node);
    return newer !== undefined && newer !== connection && newer.offer(id, text);
  }
}
