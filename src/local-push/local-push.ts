// Room: push without a push service, to devices that are connected to us. In: connections, pushes. Out: whether a device took a push. May
// enter: app.
import type { Log } from '../log/log.ts';
import type { Push } from '../push/provider/provider.ts';
import type { Device } from '../registry/devices/device.ts';
import type { Registry } from '../registry/registry.ts';
import { Admission, type AdmissionLimits } from './admission.ts';
import type { Connection } from './connection/connection.ts';
import { Connections } from './connection/connections.ts';
import { buildTiming, type LineTiming } from './connection/timing.ts';
import { endings } from './endings.ts';
import { InTurn } from './in-turn.ts';
import { Instances } from './instances/instances.ts';
import type { Wire } from './instances/wire.ts';
import { Judge } from './judge.ts';
import { DeviceSecrets } from './secrets.ts';
import { Door, localPushPath } from './transports/door.ts';
import { ConnectedWay, type LocalMeasurements } from './way.ts';

export interface LocalPushOptions extends AdmissionLimits, Pick<LineTiming, 'keepAliveMs' | 'answerWithinMs'> {
  /** Provider ids whose devices may connect. */
  readonly providers: readonly string[];
  readonly componentSecret: string;
  readonly registry: Pick<Registry, 'lookup'>;
  /** See {@link ConnectedWay}. */
  readonly contentOf: (push: Push, provider: string) => Readonly<Record<string, unknown>>;
  /** A device is connected now: what waits for it need not wait any longer. Never rejects; called for a few at a time. */
  readonly onConnect: (device: Device) => Promise<void>;
  readonly measurements?: LocalMeasurements;
  readonly log: Log;
  /** How often instances tell each other that they live; 2 s where not given. */
  readonly beatMs?: number;
}

/** What an administrator sees of it. */
export interface LocalPushStatus {
  readonly connections: Readonly<Record<'websocket' | 'events', number>>;
  /** Devices connected to other instances, and how many of these there are. */
  readonly elsewhere: { readonly instances: number; readonly devices: number };
}

/** What a device is told at its registration. */
export interface LocalOffer {
  readonly secret: string;
  readonly path: string;
}

const usualBeatMs = 2_000;
/** For telling all; as much again for the lines to end. */
const goodbyeMs = 3_000;

/** Puts it together; nothing is connected yet. Whoever created it drains and closes it. */
export class LocalPush {
  readonly door: Door;
  readonly way: ConnectedWay;
  readonly #providers: ReadonlySet<string>;
  readonly #secrets: DeviceSecrets;
  readonly #admission: Admission;
  readonly #connections: Connections;
  readonly #instances: Instances;
  readonly #judge: Judge;
  readonly #recheck: InTurn;
  readonly #greet: InTurn;
  readonly #log: Log;
  #joined: Promise<void> | undefined;

  constructor(options: LocalPushOptions) {
    const { answerWithinMs, registry, log, contentOf, measurements, onConnect, beatMs = usualBeatMs } = options;
    const providers = new Set(options.providers);
    this.#providers = providers;
    this.#log = log;
    this.#secrets = new DeviceSecrets(options.componentSecret);
    this.#admission = new Admission(options);
    this.#judge = new Judge({ secrets: this.#secrets, registry, providers, log });
    this.#connections = new Connections({
      timing: buildTiming(options),
      judge: (claim, nonce) => this.#judge.judge(claim, nonce),
      onCome: (connection, device) => {
        this.#instances.came(device.node);
        log.debug('local-push-connected', { connection: connection.id, transport: connection.transport, owner: device.owner });
        // Its registration may have gone while it was looked up.
        this.#recheck.add([device.node]);
        this.#greet.add([device.node]);
      },
      onGone: (node) => this.#instances.went(node),
    });
    this.#instances = new Instances({
      answerWithinMs,
      beatMs,
      nodes: () => this.#connections.nodes,
      onPush: (push) => this.way.take(push),
      onAnnounced: (node) => {
        const connection = this.#connections.find(node);
        if (connection !== undefined) connection.isAnnounced = true;
      },
      // One that others have not heard of yet is the newer one, and its own announcement ends the other.
      onElsewhere: (node) => this.#end(node, (connection) => (connection.isAnnounced ? endings.replaced : undefined)),
      onPost: (session, text) => this.door.take(session, text),
    });
    this.way = new ConnectedWay({ providers, connections: this.#connections, instances: this.#instances, contentOf, measurements });
    this.#greet = new InTurn(async (node) => {
      const device = this.#connections.find(node)?.device;
      if (device !== undefined) await onConnect(device);
    });
    this.#recheck = new InTurn(async (node) => {
      if (!(await this.#judge.isRegistered(node))) this.#end(node, () => endings.refused);
    });
    this.door = new Door({
      admission: this.#admission,
      connections: this.#connections,
      passOn: (session, text) => this.#instances.passOn(session, text),
      instance: this.#instances.id,
    });
  }

  /** Devices that are connected to this instance. */
  get connected(): number {
    return this.#connections.connected;
  }

  get status(): LocalPushStatus {
    return { connections: this.#connections.counts, elsewhere: this.#instances.known };
  }

  /** Undefined for a device that may not connect. One that shares its node with others can't be told from them. */
  offerTo({ provider, node, behind }: Device): LocalOffer | undefined {
    if (!this.#providers.has(provider) || behind !== undefined) return undefined;
    return { secret: this.#secrets.secretOf(node), path: localPushPath };
  }

  /** As soon as there is a wire the other instances are heard; until then their devices are pushed to as ever. Called once. */
  join(wire: Promise<Wire>): void {
    const failed = (error: unknown) => this.#log.warn('local-push-alone', { error });
    // Where the database never comes, the program says so itself.
    this.#joined = wire.then(
      (open) => this.#instances.join(open).catch(failed),
      () => undefined,
    );
  }

  /** Registrations changed; where it is not known which, all may have. */
  changed(nodes: readonly string[] | undefined): void {
    this.#recheck.add(nodes === undefined ? this.#connections.nodes : nodes.filter((node) => this.#connections.find(node) !== undefined));
  }

  /** Lets nobody in, leaves all pushes to the push services, tells everybody to come back later; settles within seconds. */
  async drain(): Promise<void> {
    this.way.close();
    this.#admission.close();
    this.#recheck.close();
    this.#greet.close();
    // The others first: one word for all devices, instead of one for each that leaves.
    await Promise.all([this.#instances.close(), this.#connections.drain(goodbyeMs)]);
  }

  /** After `drain`, and when it is decided whether there is a wire. */
  async close(): Promise<void> {
    this.#connections.close();
    await this.#joined;
  }

  #end(node: string, choose: (connection: Connection) => (typeof endings)[keyof typeof endings] | undefined): void {
    const connection = this.#connections.find(node);
    const ending = connection && choose(connection);
    if (ending !== undefined) connection?.end(ending);
  }
}
