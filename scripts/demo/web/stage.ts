import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { XmppHost } from '../../../test/servers/host.ts';
import { prosodyPackages, startProsody } from '../../../test/servers/prosody.ts';
import { type ReveilleProcess, startReveille } from '../../../test/servers/reveille.ts';
import { startTap, type Tap } from '../../../test/servers/tap.ts';
import { ensurePackages } from '../../apt.ts';
import type { Narrator } from '../narrator.ts';
import { writePrivately } from '../stage/push-service.ts';
import { servePage } from './serve-page.ts';
import { makeVapidKey } from './vapid-key.ts';

export const password = 'correct horse';
export const [user, friend] = ['anna', 'carla'];

/** What somebody needs who tries the page: a server, a Reveille beside it, and the page. */
export interface WebStage {
  readonly host: XmppHost;
  readonly tap: Tap;
  readonly reveille: ReveilleProcess;
  /** The page with all but the password filled in. */
  readonly address: string;
}

/** Ctrl-C goes to every process of the terminal. This one is ended by us, in order, so it gets a session of its own. */
const deafToTerminal = ['setsid', process.execPath, fileURLToPath(new URL('../../../src/main.ts', import.meta.url))];
const keyFile = 'vapid.pem';

/** Builds the stage step by step. What has to end is handed to `cleanUp`, also on failure. */
export async function setWebStage(narrator: Narrator, cleanUp: AsyncDisposableStack): Promise<WebStage> {
  const folder = mkdtempSync(join(tmpdir(), 'reveille-demo-'));
  cleanUp.defer(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755); // As root, the embedded database runs as a user of its own.

  narrator.step('An XMPP server that browsers can talk to (mod_websocket)');
  const host = await startHost();
  cleanUp.defer(() => host.stop());
  for (const name of [user, friend]) await host.addUser(name, password);
  const tap = await startTap(host);
  cleanUp.defer(() => tap.close());
  narrator.seen('Prosody', `${host.domain}, ${host.websocket}`);

  narrator.step('Reveille, with a key by which push services know it (VAPID)');
  const { pem, publicKey } = makeVapidKey();
  writePrivately(folder, keyFile, pem);
  const configFile = join(folder, 'reveille.toml');
  writePrivately(folder, 'reveille.toml', buildConfig(host, tap));
  const reveille = await startReveille(configFile, undefined, deafToTerminal);
  cleanUp.defer(() => reveille.stop().then(() => undefined));
  narrator.seen('reveille serve is ready', `component ${host.componentJid}, provider webpush`);

  const page = await servePage();
  cleanUp.defer(() => page.close());
  return { host, tap, reveille, address: buildAddress(page.origin, host, publicKey) };
}

/** Rejects where there is no Prosody: the bundled host speaks no WebSocket. */
async function startHost(): Promise<XmppHost & { readonly websocket: string }> {
  const packages = await ensurePackages(prosodyPackages);
  if (typeof packages !== 'string') throw new Error(`the page needs Prosody, which is not here: ${packages.reason}`);
  const host = await startProsody({ withBody: true, withSender: true, websocket: true });
  if (host.websocket === undefined) throw new Error('Prosody came without its WebSocket');
  return { ...host, websocket: host.websocket };
}

/** What is behind # never leaves the browser; the password is typed. */
function buildAddress(origin: string, { domain, websocket = '' }: XmppHost, key: string): string {
  return `${origin}/#${new URLSearchParams({ jid: `${user}@${domain}`, websocket, key }).toString()}`;
}

const buildConfig = ({ componentJid, componentSecret }: XmppHost, tap: Tap): string => `
[component]
jid = "${componentJid}"
server = "127.0.0.1:${tap.port}"
secret = "${componentSecret}"

[database]
data-dir = "data"

[http]
listen = "127.0.0.1:0"

[providers.webpush]
use = "webpush"
vapid-key-file = "${keyFile}"
subject = "mailto:demo@example.org"
`;
