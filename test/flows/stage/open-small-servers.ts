import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask, createTestDatabase } from '../../helpers/database/postgres.ts';
import type { XmppHost } from '../../servers/host.ts';
import { describeAnswer, type Publish, publishesTo } from '../../servers/publishes.ts';
import type { RealServer } from '../../servers/real-servers.ts';
import { startTap, type Tap } from '../../servers/tap.ts';
import { waitFor } from '../../helpers/wait-for.ts';
import { InstanceSlot } from './instance-slot.ts';
import { type MistakableService, openServices } from './mistakable-services.ts';
import { registerUsers } from './register-crowd.ts';
import type { Device } from './scene.ts';
import { Senders } from './senders.ts';

/** The devices of one provider, which are all that its credentials could be proven by. */
export interface Group {
  readonly service: MistakableService;
  readonly provider: string;
  readonly devices: readonly Device[];
}

/** How many devices of a group fared how. */
export type Tally = Readonly<Record<string, number>>;

interface Parts {
  readonly host: XmppHost;
  readonly tap: Tap;
  readonly services: readonly MistakableService[];
  readonly databaseUrl: string;
  readonly configFile: string;
  readonly instance: InstanceSlot;
}

/** For a machine that is busy; nothing is measured. */
const answerLimitMs = 60_000;

/**
 * A real server and a Reveille with a provider of its own for each group of users, who are all away. What Reveille learns of
 * credentials it learns of a provider: for each group it is as on a server that has no other users.
 */
export class SmallServers {
  readonly #parts: Parts;
  #groups: readonly Group[] = [];
  #senders: Senders | undefined;
  /** Replies of the push services before the present Reveille was started, by token. */
  #earlier = new Map<string, number>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get groups(): readonly Group[] {
    return this.#groups;
  }

  /** Ends Reveille, if it runs, and starts it with these credentials; settles when it is ready. */
  async restart(kind: 'right' | 'wrong', sizes: readonly number[]): Promise<void> {
    const { host, tap, services, databaseUrl, configFile, instance } = this.#parts;
    await instance.stop();
    const tables = services.flatMap(({ name, tables: { [kind]: table } }) =>
      sizes.map((size) => `[providers."${idOf(name, size)}"]\n${table}\n`),
    );
    writeFileSync(configFile, buildConfig(host, tap.port, databaseUrl, tables));
    const devices = this.#groups.flatMap((group) =>
      group.devices.map(({ token }) => [token, group.service.replies(token).length] as const),
    );
    this.#earlier = new Map(devices);
    await instance.start();
  }

  /** Users register through the server, enable push and go away. */
  async populate(sizes: readonly number[]): Promise<void> {
    const { host, services } = this.#parts;
    const plans = services.flatMap((service) => sizes.map((size) => ({ service, size, provider: idOf(service.name, size) })));
    const users = plans.flatMap(({ service, size, provider }) =>
      Array.from({ length: size }, (_, index) => ({ name: `${provider}-user${index}`, token: service.install(), provider })),
    );
    const devices = await registerUsers(host, users);
    const isOf = (provider: string) => (device: Device) => users.some((user) => user.token === device.token && user.provider === provider);
    this.#groups = plans.map(({ service, provider }) => ({ service, provider, devices: devices.filter(isOf(provider)) }));
    this.#senders = await Senders.open(host, 2);
  }

  /** Somebody writes to the device. */
  async send(device: Device): Promise<void> {
    await this.#senders?.write(device);
  }

  /** The same; settles with our answer to the publish, or `no publish` where the server makes none. */
  async write(device: Device): Promise<string> {
    const count = this.publishes(device).length;
    await this.send(device);
    const answer = () => this.publishes(device)[count]?.answer();
    // That none came is what there is to tell.
    const found = await waitFor('an answer', answer, answerLimitMs).catch(() => undefined);
    return found === undefined ? 'no publish' : describeAnswer(found);
  }

  /** The same to each device of a group: how many were answered how. */
  async writeToAll({ devices }: Group): Promise<Tally> {
    return tally(await Promise.all(devices.map((device) => this.write(device))));
  }

  /** Settles when the server has done all that it does about the messages so far. */
  async settled(): Promise<void> {
    await this.#senders?.settled();
  }

  publishes({ node }: Device): readonly Publish[] {
    return publishesTo(this.#parts.tap, node);
  }

  /** What the push service said to the pushes of the present Reveille, each thing once, by how many devices it was said of. */
  async readReplies({ service, devices }: Group): Promise<Tally> {
    const newOnes = ({ token }: Device) => service.replies(token).slice(this.#earlier.get(token));
    const hasAll = () => devices.every((device) => newOnes(device).length > 0);
    // Those that are missing are told in the tally.
    await waitFor('a push to each device', hasAll, answerLimitMs).catch(() => undefined);
    return tally(devices.map((device) => [...new Set(newOnes(device))].sort().join(', ') || 'no push'));
  }

  /** By provider. */
  async countRegistrations(): Promise<ReadonlyMap<string, number>> {
    const rows = await ask(this.#parts.databaseUrl, 'SELECT provider, count(*) FROM devices GROUP BY provider');
    return new Map(rows.map((row) => [String(row['provider']), Number(row['count'])]));
  }

  async close(): Promise<void> {
    await this.#senders?.close();
    await this.#parts.instance.stop();
  }
}

/** Settles when every user has registered at a Reveille with the wrong credentials. What has to end is handed to `cleanUp`, also on failure. */
export async function openSmallServers(server: RealServer, cleanUp: AsyncDisposableStack, sizes: readonly number[]): Promise<SmallServers> {
  const folder = mkdtempSync(join(tmpdir(), 'reveille-flow-'));
  cleanUp.defer(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755);
  const database = await createTestDatabase();
  cleanUp.defer(() => database.close());
  const host = await server.start();
  cleanUp.defer(() => host.stop());
  const tap = await startTap(host);
  cleanUp.defer(() => tap.close());
  const services = await openServices(folder, cleanUp);
  const configFile = join(folder, 'reveille.toml');
  const parts = { host, tap, services, databaseUrl: database.url, configFile, instance: new InstanceSlot(configFile) };
  const smallServers = new SmallServers(parts);
  cleanUp.defer(() => smallServers.close());
  await smallServers.restart('wrong', sizes);
  await smallServers.populate(sizes);
  return smallServers;
}

const idOf = (service: string, size: number): string => `${service.toLowerCase()}-${size}`;

function tally(words: readonly string[]): Tally {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

/** ejabberd without bodies publishes nothing that a user sees: with an interval between such pushes only the first would go at once. */
const buildConfig = (host: XmppHost, port: number, url: string, providers: readonly string[]): string => `
[component]
jid = "${host.componentJid}"
server = "127.0.0.1:${port}"
secret = "${host.componentSecret}"
[database]
url = "${url}"
[delivery]
update-interval = "0s"
[http]
listen = "127.0.0.1:0"
[limits]
registrations-per-minute = 10000
${providers.join('')}`;
