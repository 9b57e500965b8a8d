import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeOnSignals } from '../../chaos/world/close-on-signals.ts';
import { startDatabase } from '../../chaos/world/database.ts';
import { openBacklog, type Backlog } from './backlog.ts';
import type { ServiceName } from '../device.ts';
import { startReveille, type Reveille } from './reveille.ts';
import { ScriptedServer } from './scripted-server.ts';
import type { Service } from './service.ts';
import { startServices, type OnAccepted } from './services.ts';
import { admin, domain } from './stanzas.ts';

/** Waiting pushes are sealed with it. */
export const secret = 'of the bench';

/** What Reveille is told to keep to: the defaults. */
export const answerWithinMs = 20_000;
export const voipTtlMs = 30_000;

/** All that a run needs, on loopback and in a temporary folder. */
export interface Stage {
  readonly server: ScriptedServer;
  readonly services: Readonly<Record<ServiceName, Service>>;
  readonly reveille: Reveille;
  readonly backlog: Backlog;
  /** For whoever fills the database by himself. */
  readonly databaseUrl: string;
  close(): Promise<void>;
}

export interface StageOptions {
  readonly onAccepted: OnAccepted;
  /** Of the process that is measured. */
  readonly nodeOptions?: readonly string[] | undefined;
}

/** Starts everything. Whoever opens it closes it; SIGINT and SIGTERM do so as well. */
export async function openStage({ onAccepted, nodeOptions }: StageOptions): Promise<Stage> {
  await using cleanUp = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'reveille-endurance-'));
  cleanUp.defer(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o711); // As root, the embedded database runs as a user of its own.
  const database = await startDatabase(folder);
  cleanUp.defer(() => database.close());
  const services = await startServices(folder, onAccepted);
  for (const service of Object.values(services)) cleanUp.defer(() => service.close());
  const server = await ScriptedServer.listen();
  cleanUp.defer(() => server.close());
  const reveille = await startReveille(folder, buildConfig(server.port, database.url, services), nodeOptions);
  cleanUp.defer(() => reveille.close());
  const backlog = await openBacklog(database.url, services);
  cleanUp.defer(() => backlog.close());
  return { server, services, reveille, backlog, databaseUrl: database.url, close: closeOnSignals(cleanUp.move()) };
}

/** Nothing but what the loopback needs differs from the defaults. */
function buildConfig(serverPort: number, databaseUrl: string, services: Readonly<Record<ServiceName, Service>>): string {
  const tables = Object.values(services).map(({ table }) => table);
  return (
    `[component]\njid = "${domain}"\nserver = "127.0.0.1:${serverPort}"\nsecret = "${secret}"\nadmins = ["${admin}"]\n` +
    `[database]\nurl = ${JSON.stringify(databaseUrl)}\n[http]\nlisten = "127.0.0.1:0"\n` +
    `[limits]\nregistrations-per-minute = 100000\n${tables.join('')}`
  );
}
