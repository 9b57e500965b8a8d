import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSandboxApns, type SandboxApns } from '../../src/sandbox/apns/sandbox-apns.ts';
import { buildAuthority } from '../../src/sandbox/authority.ts';
import type { XmppHost } from '../../test/servers/host.ts';
import { prosodyPackages, startProsody } from '../../test/servers/prosody.ts';
import { type ReveilleProcess, startReveille } from '../../test/servers/reveille.ts';
import { startTap, type Tap } from '../../test/servers/tap.ts';
import { ensurePackages } from '../apt.ts';
import { startLoopbackHost } from './loopback-host.ts';
import type { Narrator } from './narrator.ts';

export const topic = 'org.example.app';
export const provider = 'tigase:messenger:apns:1';
export const password = 'correct horse';
export const people = ['anna', 'ben', 'carla'] as const;

/** Everything the demo plays with, up and running. */
export interface Stage {
  readonly host: XmppHost;
  readonly tap: Tap;
  readonly apns: SandboxApns;
  readonly reveille: ReveilleProcess;
}

export interface StageOptions {
  /** The bundled host even where Prosody could be had. */
  readonly isLoopback: boolean;
}

/** Builds the stage step by step. What has to end is handed to `cleanUp`, also on failure. */
export async function setStage(narrator: Narrator, cleanUp: AsyncDisposableStack, options: StageOptions): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'reveille-demo-'));
  cleanUp.defer(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755); // As root, the embedded database runs as a user of its own.

  narrator.step('An XMPP server, as an administrator runs it');
  const host = await startHost(narrator, options);
  cleanUp.defer(() => host.stop());
  for (const name of people) await host.addUser(name, password);
  narrator.seen('accounts', people.map((name) => `${name}@${host.domain}`).join(', '));
  const tap = await startTap(host);
  cleanUp.defer(() => tap.close());

  narrator.step('Apple’s push service, played by the sandbox over real TLS and HTTP/2');
  const apns = await startApns(folder);
  cleanUp.defer(() => apns.close());
  narrator.seen('listens at', apns.origin);
  narrator.say(`It knows the app ${topic} and judges requests as Apple does; its certificates were made just now.`);

  narrator.step('Reveille, attached to both');
  const configFile = join(folder, 'reveille.toml');
  const config = buildConfig(host, tap.port, apns.origin);
  writeFileSync(configFile, config);
  narrator.wire(
    config
      .trim()
      .replace(/password = ".*"/, 'password = "…"')
      .replace(/secret = ".*"/, 'secret = "…"'),
  );
  const reveille = await startReveille(configFile);
  cleanUp.defer(() => reveille.stop().then(() => undefined));
  narrator.seen('reveille serve is ready', `component ${host.componentJid}, embedded PostgreSQL`);
  return { host, tap, apns, reveille };
}

async function startHost(narrator: Narrator, { isLoopback }: StageOptions): Promise<XmppHost> {
  const packages = isLoopback ? 'asked for by --loopback' : await ensurePackages(prosodyPackages);
  if (packages === 'present' || packages === 'installed') {
    const host = await startProsody({ withBody: true, withSender: true, maxErrors: 1 });
    narrator.seen('Prosody with mod_cloud_notify', `${host.domain}, port ${host.c2sPort}, components at port ${host.componentPort}`);
    return host;
  }
  const reason = typeof packages === 'string' ? packages : `Prosody is not here: ${packages.reason}`;
  const host = await startLoopbackHost();
  narrator.say(`The bundled loopback XMPP host takes Prosody's place (${reason}).`);
  narrator.seen('loopback host', `${host.domain}, port ${host.c2sPort}, components at port ${host.componentPort}`);
  return host;
}

const certificatePassword = 'demo';

/** Leaves Apple's .p12 for the app, and the anchor to trust, in the folder. */
async function startApns(folder: string): Promise<SandboxApns> {
  const authority = buildAuthority();
  writeFileSync(join(folder, 'ca.pem'), authority.ca);
  writeFileSync(join(folder, 'apns.p12'), authority.issueClient([topic]).p12(certificatePassword));
  return createSandboxApns({ authority, topics: [topic] });
}

const buildConfig = (host: XmppHost, port: number, origin: string): string => `
[component]
jid = "${host.componentJid}"
server = "127.0.0.1:${port}"
secret = "${host.componentSecret}"

[database]
data-dir = "data"

[http]
listen = "127.0.0.1:0"

[providers."${provider}"]
use = "apns"
apns-topic = "${topic}"
cert-file = "apns.p12"
cert-password = "${certificatePassword}"
endpoint = "${origin}"
ca-file = "ca.pem"
`;
