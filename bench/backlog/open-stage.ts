import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeOnSignals } from '../chaos/world/close-on-signals.ts';
import { startDatabase } from '../chaos/world/database.ts';
import { openBacklog } from '../endurance/stage/backlog.ts';
import { startReveille } from '../endurance/stage/reveille.ts';
import { ScriptedServer } from '../endurance/stage/scripted-server.ts';
import { startServices, type OnAccepted } from '../endurance/stage/services.ts';
import type { Stage } from '../endurance/stage/stage.ts';
import { domain } from '../endurance/stage/stanzas.ts';

/** Waiting pushes are sealed with it. */
export const secret = 'of the bench';

/** That of the long runs, with a database that others can fill. */
export interface OpenStage extends Stage {
  readonly databaseUrl: string;
}

/** Starts everything. Whoever opens it closes it; SIGINT and SIGTERM do so as well. */
export async function openStage(onAccepted: OnAccepted): Promise<OpenStage> {
  await using cleanUp = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'reveille-backlog-'));
  cleanUp.defer(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o711); // As root, the embedded database runs as a user of its own.
  const database = await startDatabase(folder);
  cleanUp.defer(() => database.close());
  const services = await startServices(folder, onAccepted);
  for (const service of Object.values(services)) cleanUp.defer(() => service.close());
  const server = await ScriptedServer.listen();
  cleanUp.defer(() => server.close());
  const config =
    `[component]\njid = "${domain}"\nserver = "127.0.0.1:${server.port}"\nsecret = "${secret}"\n` +
    `[database]\nurl = ${JSON.stringify(database.url)}\n[http]\nlisten = "127.0.0.1:0"\n` +
    `[limits]\nregistrations-per-minute = 100000\n${services.apns.table}${services.fcm.table}`;
  const reveille = await startReveille(folder, config);
  cleanUp.defer(() => reveille.close());
  const backlog = await openBacklog(database.url, services);
  cleanUp.defer(() => backlog.close());
  return { server, services, reveille, backlog, databaseUrl: database.url, close: closeOnSignals(cleanUp.move()) };
}
