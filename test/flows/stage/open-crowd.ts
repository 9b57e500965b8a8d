import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask, createTestDatabase } from '../../helpers/database/postgres.ts';
import type { HostOptions, XmppHost } from '../../servers/host.ts';
import type { RealServer } from '../../servers/real-servers.ts';
import { startTap } from '../../servers/tap.ts';
import { waitFor } from '../../helpers/wait-for.ts';
import { InstanceSlot } from './instance-slot.ts';
import { PublishBook } from './publish-book.ts';
import { type PushService, startPushService } from './push-service.ts';
import { registerCrowd } from './register-crowd.ts';
import type { Device } from './scene.ts';
import { Senders } from './senders.ts';
import { provider } from './stanzas.ts';

export interface CrowdOptions extends HostOptions {
  readonly users: number;
  readonly senders: number;
  readonly connections?: number;
}

/** A real server whose users are all away, the senders who write to them, and two instances of Reveille on one database. */
export interface Crowd {
  readonly host: XmppHost;
  readonly pushService: PushService;
  readonly book: PublishBook;
  readonly devices: readonly Device[];
  readonly senders: Senders;
  /** Of which the first is running. */
  readonly instances: readonly [InstanceSlot, InstanceSlot];
  countRegistered(): Promise<number>;
  /** How many pushes wait in the database. */
  countWaiting(): Promise<number>;
  /** Writes to every user once more and gives back those whose phones don't wake. */
  findSleepers(): Promise<readonly string[]>;
}

const wakeLimitMs = 60_000;

/** Settles when everybody has registered. What has to end is handed to `cleanUp`, also on failure. */
export async function openCrowd(server: RealServer, cleanUp: AsyncDisposableStack, options: CrowdOptions): Promise<Crowd> {
  const folder = mkdtempSync(join(tmpdir(), 'reveille-flow-'));
  cleanUp.defer(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755);
  const database = await createTestDatabase();
  cleanUp.defer(() => database.close());
  const host = await server.start({ ...options, withBody: true });
  cleanUp.defer(() => host.stop());
  const book = new PublishBook();
  const tap = await startTap(host, book);
  cleanUp.defer(() => tap.close());
  const pushService = await startPushService(folder, (answer) => book.pushed(answer));
  cleanUp.defer(() => pushService.close());
  const configFile = join(folder, 'reveille.toml');
  writeFileSync(configFile, buildConfig(host, tap.port, database.url, pushService, options.connections ?? 1));
  const instances = [new InstanceSlot(configFile), new InstanceSlot(configFile)] as const;
  cleanUp.defer(() => Promise.all(instances.map((instance) => instance.stop())).then(() => undefined));
  await instances[0].start();
  const devices = await registerCrowd(host, options.users);
  const senders = await Senders.open(host, options.senders);
  cleanUp.defer(() => senders.close());
  const count = async (from: string) => Number((await ask(database.url, `SELECT count(*) FROM ${from}`))[0]?.['count']);
  return {
    host,
    pushService,
    book,
    devices,
    senders,
    instances,
    countRegistered: () => count('devices'),
    countWaiting: () => count('deferred'),
    findSleepers: () => findSleepers(devices, senders, book),
  };
}

async function findSleepers(devices: readonly Device[], senders: Senders, book: PublishBook): Promise<readonly string[]> {
  const texts = await Promise.all(devices.map(async (device) => [device.user, await senders.write(device)] as const));
  await senders.settled();
  const asleep = () => texts.filter(([, text]) => !book.wasAccepted(text)).map(([user]) => user);
  await waitFor('every phone', () => asleep().length === 0, wakeLimitMs).catch(() => undefined); // those that are left are the answer
  return asleep();
}

const buildConfig = (host: XmppHost, port: number, url: string, pushService: PushService, connections: number): string => `
[component]
jid = "${host.componentJid}"
server = "127.0.0.1:${port}"
secret = "${host.componentSecret}"
connections = ${connections}
[database]
url = "${url}"
[http]
listen = "127.0.0.1:0"
[limits]
registrations-per-minute = 10000
[providers."${provider}"]
${pushService.providerTable}
`;
