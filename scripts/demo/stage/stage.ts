import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildAuthority } from '../../../src/sandbox/authority.ts';
import type { XmppHost } from '../../../test/servers/host.ts';
import { program, type ReveilleProcess, startReveille } from '../../../test/servers/reveille.ts';
import { type Onlooker, startTap, type Tap } from '../../../test/servers/tap.ts';
import { type Apple, startApple } from './apple.ts';
import { expect } from '../expect.ts';
import { type Google, startGoogle } from './google.ts';
import { type HostOptions, startHost } from './hosts.ts';
import type { Narrator } from '../narrator.ts';
import { authorityFile } from './push-service.ts';

export const password = 'correct horse';
export const people = ['anna', 'ben', 'carla'] as const;
export const administrator = 'admin';

/** Everything the demo plays with, up and running. */
export interface Stage {
  readonly host: XmppHost;
  readonly tap: Tap;
  readonly apple: Apple;
  readonly google: Google;
  readonly reveille: ReveilleProcess;
  /** Where Reveille listens for HTTP, as in `http://127.0.0.1:5281`. */
  readonly rest: string;
  /** Where the status page is, where it was asked for. */
  readonly page: string | undefined;
}

export interface StageOptions extends HostOptions {
  /** The status page's; no page where absent. */
  readonly pageToken?: string | undefined;
  /** People with an account beside those of the story. */
  readonly others?: readonly string[];
  /** It runs for long, and the terminal ends it: what goes by is not kept, and Ctrl-C reaches Reveille only through the demo. */
  readonly isStaying?: boolean;
}

interface Setting extends Omit<Stage, 'reveille' | 'rest' | 'page'> {
  readonly pageToken: string | undefined;
}

/** Starts a program in a session of its own; of the package that all of Debian stands on. */
const setsid = '/usr/bin/setsid';

const forgetful: Onlooker = { fromServer: () => undefined, fromComponent: () => undefined, closed: () => undefined };

/** Builds the stage step by step. What has to end is handed to `cleanUp`, also on failure. */
export async function setStage(narrator: Narrator, cleanUp: AsyncDisposableStack, options: StageOptions): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'reveille-demo-'));
  cleanUp.defer(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755); // As root, the embedded database runs as a user of its own.

  narrator.step('An XMPP server, as an administrator runs it');
  const host = await startHost(narrator, options);
  cleanUp.defer(() => host.stop());
  const accounts = [...people, ...(options.others ?? []), administrator];
  for (const name of accounts) await host.addUser(name, password);
  narrator.seen('accounts', accounts.map((name) => `${name}@${host.domain}`).join(', '));
  const tap = await startTap(host, options.isStaying === true ? forgetful : undefined);
  cleanUp.defer(() => tap.close());

  narrator.step('Apple’s and Google’s push services, as sandboxes over real TLS and HTTP/2');
  narrator.say('An app that sleeps has no connection to its XMPP server. Apple (APNs) and Google (FCM) can wake it.');
  const services = await startServices(narrator, cleanUp, folder);

  narrator.step('Reveille, between the server and both of them');
  const reveille = await attachReveille(narrator, folder, { host, tap, ...services, pageToken: options.pageToken }, options);
  cleanUp.defer(() => reveille.stop().then(() => undefined));
  return { host, tap, ...services, reveille, rest: restOf(reveille), page: pageOf(reveille) };
}

async function startServices(narrator: Narrator, cleanUp: AsyncDisposableStack, folder: string): Promise<Pick<Stage, 'apple' | 'google'>> {
  const authority = buildAuthority();
  writeFileSync(join(folder, authorityFile), authority.ca);
  const apple = await startApple(authority);
  cleanUp.defer(() => apple.close());
  const google = await startGoogle(folder, authority);
  cleanUp.defer(() => google.close());
  narrator.seen('APNs listens at', `${apple.origin}, wants the app’s certificate`);
  narrator.seen('FCM listens at', `${google.origin}, wants the service account`);
  narrator.say('They judge requests as Apple and Google do; the credentials for both are made just now.');
  return { apple, google };
}

async function attachReveille(
  narrator: Narrator,
  folder: string,
  setting: Setting,
  { isStaying = false }: StageOptions,
): Promise<ReveilleProcess> {
  const configFile = join(folder, 'reveille.toml');
  const config = buildConfig(setting);
  writeFileSync(configFile, config, { mode: 0o600 });
  narrator.wire(config.trim().replaceAll(/(key|secret|token) = ".*"/g, '$1 = "…"'));
  const reveille = await startReveille(
    configFile,
    undefined,
    isStaying && existsSync(setsid) ? [setsid, process.execPath, program] : undefined,
  );
  narrator.seen('reveille serve is ready', `component ${setting.host.componentJid}, embedded PostgreSQL`);
  narrator.say('It has no certificate for Apple yet; its key will encrypt the one it gets.');
  return reveille;
}

function restOf({ lines }: ReveilleProcess): string {
  const http = lines.find(({ event }) => event === 'ready')?.['http'];
  expect(typeof http === 'string', 'Reveille does not say where it listens for HTTP');
  return `http://${http}`;
}

function pageOf({ lines }: ReveilleProcess): string | undefined {
  const page = lines.find(({ event }) => event === 'ready')?.['page'];
  return typeof page === 'string' ? `http://${page}/` : undefined;
}

const buildPageTable = (token: string): string => `
[admin]
listen = "127.0.0.1:0"
token = "${token}"
`;

const buildConfig = ({ host, tap, apple, google, pageToken }: Setting): string => `
[component]
jid = "${host.componentJid}"
server = "127.0.0.1:${tap.port}"
secret = "${host.componentSecret}"
admins = ["${administrator}@${host.domain}"]

[database]
data-dir = "data"
key = "${randomBytes(32).toString('base64')}"

[http]
listen = "127.0.0.1:0"
${pageToken === undefined ? '' : buildPageTable(pageToken)}${apple.table}${google.table}`;
