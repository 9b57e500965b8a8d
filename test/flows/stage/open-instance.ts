import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectClient, type Client } from '../../servers/client.ts';
import type { HostOptions } from '../../servers/host.ts';
import type { RealServer } from '../../servers/real-servers.ts';
import { startReveille } from '../../servers/reveille.ts';
import { startTap } from '../../servers/tap.ts';
import type { PushService } from './push-service.ts';
import { password, Scene } from './scene.ts';
import { provider } from './stanzas.ts';

/** What the instances of one Reveille share. */
export interface Shared {
  /** `ca.pem` of the push service lies in it. */
  readonly folder: string;
  readonly pushService: PushService;
  readonly database: { readonly url: string; readonly key: string };
}

/** One of several instances: a server of its own with the administrator `admin`, and a Reveille on the shared database. */
export interface Instance {
  readonly scene: Scene;
  readonly admin: Client;
  readonly configFile: string;
}

/** Settles when Reveille is ready. What has to end is handed to `cleanUp`, also on failure. */
export async function openInstance(
  server: RealServer,
  shared: Shared,
  cleanUp: AsyncDisposableStack,
  options: HostOptions,
): Promise<Instance> {
  const host = await server.start(options);
  cleanUp.defer(() => host.stop());
  for (const name of ['alice', 'bob', 'admin']) await host.addUser(name, password);
  const tap = await startTap(host);
  cleanUp.defer(() => tap.close());
  const configFile = join(shared.folder, `${host.kind}.toml`);
  writeFileSync(
    configFile,
    `[component]
jid = "${host.componentJid}"
server = "127.0.0.1:${tap.port}"
secret = "${host.componentSecret}"
admins = ["admin@${host.domain}"]
[database]
url = "${shared.database.url}"
key = "${shared.database.key}"
[http]
listen = "127.0.0.1:0"
[log]
level = "debug"
[providers."${provider}"]
${shared.pushService.openTable}
`,
  );
  const bob = await connectClient(host, 'bob', password);
  cleanUp.defer(() => bob.goOffline());
  const scene = new Scene({ host, tap, pushService: shared.pushService, bob, reveille: await startReveille(configFile), configFile });
  cleanUp.defer(() => scene.close());
  const admin = await scene.logIn('admin');
  cleanUp.defer(() => admin.goOffline());
  return { scene, admin, configFile };
}
