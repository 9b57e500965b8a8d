import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeOnSignals } from './close-on-signals.ts';
import { startDatabase, type Database } from './database.ts';
import { WallClock } from './clock.ts';
import { Instance } from './instance.ts';
import { startServices, type Service } from './services.ts';
import { domain } from './stanzas.ts';

/** What Reveille is told to keep to. */
export const answerWithinMs = 5_000;
export const callMs = 30_000;
/** For a device that is connected itself: then its push service is asked. */
export const localAnswerWithinMs = 3_000;
/** So that dead connections are found within a run. */
const keepAliveMs = 10_000;
/** Some of what the busy devices are sent within it waits for its end. */
const updateIntervalMs = 10_000;

/** All that a run needs, on loopback and in a temporary folder. */
export interface World {
  readonly database: Database;
  readonly services: Readonly<Record<'apns' | 'fcm', Service>>;
  readonly instances: readonly Instance[];
  close(): Promise<void>;
}

/** Starts everything, with so many instances up; with a library for that, each has a clock of its own. Whoever creates it closes it. */
export async function createWorld(instanceCount: number, fakeTime?: string): Promise<World> {
  await using cleanUp = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'reveille-chaos-'));
  cleanUp.defer(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o711); // As root, the embedded database runs as a user of its own.
  const database = await startDatabase(folder);
  cleanUp.defer(() => database.close());
  const services = await startServices(folder);
  for (const service of Object.values(services)) cleanUp.defer(() => service.close());
  const tables = [...Object.values(services).map(({ table }) => table), buildLocalPush(services)];
  const instances: Instance[] = [];
  for (const name of ['a', 'b'].slice(0, instanceCount)) {
    const clock = fakeTime === undefined ? undefined : new WallClock(fakeTime, join(folder, `${name}.clock`));
    const instance = await Instance.create({ folder, name, clock }, (port) => buildConfig(port, database.url, tables));
    cleanUp.defer(() => instance.close());
    instances.push(instance);
    instance.start();
    await instance.up();
  }
  return { database, services, instances, close: closeOnSignals(cleanUp.move()) };
}

/** Every device may connect, all of them from the one address that this machine has. */
function buildLocalPush(services: World['services']): string {
  const providers = JSON.stringify(Object.values(services).map(({ provider }) => provider));
  return (
    `[local-push]\nproviders = ${providers}\nkeep-alive = "${keepAliveMs}ms"\nanswer-within = "${localAnswerWithinMs}ms"\n` +
    `connections-per-address = 100000\n`
  );
}

function buildConfig(serverPort: number, databaseUrl: string, tables: readonly string[]): string {
  return (
    `[component]\njid = "${domain}"\nserver = "127.0.0.1:${serverPort}"\nsecret = "any"\n[database]\nurl = ${JSON.stringify(databaseUrl)}\n` +
    `[http]\nlisten = "127.0.0.1:0"\n[log]\nlevel = "info"\n[delivery]\nanswer-within = "${answerWithinMs}ms"\n` +
    `voip-ttl = "${callMs}ms"\nupdate-interval = "${updateIntervalMs}ms"\n` +
    `[limits]\nregistrations-per-minute = 100000\n${tables.join('')}`
  );
}
