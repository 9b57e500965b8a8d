import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layUsedDatabase } from '../../helpers/database/used-database.ts';
import { connectClient } from '../../servers/client.ts';
import type { HostOptions, XmppHost } from '../../servers/host.ts';
import type { RealServer } from '../../servers/real-servers.ts';
import { startReveille } from '../../servers/reveille.ts';
import { startTap } from '../../servers/tap.ts';
import { type PushService, startPushService } from './push-service.ts';
import { password, Scene } from './scene.ts';
import { provider } from './stanzas.ts';

export interface SceneOptions extends HostOptions {
  readonly connections?: number;
  /** Names of users who may run the commands of administrators. */
  readonly admins?: readonly string[];
  /** More tables of Reveille's configuration. */
  readonly tables?: string;
}

/** Starts every part of a scene; settles when Reveille is ready. What has to end is handed to `cleanUp`, also on failure. */
export async function openScene(server: RealServer, cleanUp: AsyncDisposableStack, options: SceneOptions = {}): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), 'reveille-flow-'));
  cleanUp.defer(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755); // As root, the embedded database runs as a user of its own.
  const host = await server.start(options);
  cleanUp.defer(() => host.stop());
  for (const name of ['alice', 'bob']) await host.addUser(name, password);
  const tap = await startTap(host);
  cleanUp.defer(() => tap.close());
  const pushService = await startPushService(folder);
  cleanUp.defer(() => pushService.close());
  const configFile = join(folder, 'reveille.toml');
  await layUsedDatabase(join(folder, 'data'));
  writeFileSync(configFile, buildConfig(host, tap.port, pushService, options));
  const bob = await connectClient(host, 'bob', password);
  cleanUp.defer(() => bob.goOffline());
  const scene = new Scene({ host, tap, pushService, bob, reveille: await startReveille(configFile), configFile });
  cleanUp.defer(() => scene.close());
  return scene;
}

/** ejabberd without bodies publishes nothing that a user sees: with an interval between such pushes only the first would go at once. */
const buildConfig = (
  host: XmppHost,
  port: number,
  pushService: PushService,
  { connections = 1, admins = [], tables = '' }: SceneOptions,
): string => `
[component]
jid = "${host.componentJid}"
server = "127.0.0.1:${port}"
secret = "${host.componentSecret}"
connections = ${connections}
admins = ${JSON.stringify(admins.map((name) => `${name}@${host.domain}`))}
[database]
data-dir = "data"
[delivery]
update-interval = "0s"
[http]
listen = "127.0.0.1:0"
[log]
level = "debug"
[providers."${provider}"]
${pushService.providerTable}
${tables}
`;
