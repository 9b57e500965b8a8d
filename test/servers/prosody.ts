import { mkdirSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Daemon, freePorts, giveTo, readLog, startDaemon } from './daemon.ts';
import { defaultComponentJid, defaultDomain, type HostOptions, type XmppHost } from './host.ts';
import { makeServerFolder } from './server-folder.ts';

export const prosodyPackages = [
  'prosody',
  'prosody-modules',
  'lua-event',
  'lua-sec',
  'lua-expat',
  'lua-filesystem',
  'lua-unbound',
  'lua-luaossl',
];

export interface ProsodyOptions extends HostOptions {
  /** Permanent refusals in a row after which mod_cloud_notify gives a registration up; 16 as by default. */
  readonly maxErrors?: number;
  /** Speaks XMPP over WebSocket too. */
  readonly websocket?: boolean;
  /** Offers SCRAM, which the demo's client can't, besides PLAIN. */
  readonly scram?: boolean;
  /** A pattern of files in Prosody's own language that are read as well, at each start. */
  readonly include?: string;
}

const user = 'prosody';
const componentSecret = 'loopback-secret';

/** Starts Debian's Prosody on free loopback ports in a temporary folder; settles when it listens, rejects with its log. */
export async function startProsody(options: ProsodyOptions = {}): Promise<XmppHost> {
  const folder = makeServerFolder('prosody', options.root);
  const domain = options.domain ?? defaultDomain;
  const componentJid = options.componentJid ?? defaultComponentJid;
  const ports = await freePorts('c2s', 'component', 'http');
  const logFile = join(folder.path, 'prosody.log');
  const accounts = join(folder.path, 'data', domain.replaceAll(/\W/g, encodeByte), 'accounts');
  mkdirSync(accounts, { recursive: true });
  writeFileSync(join(folder.path, 'prosody.cfg.lua'), prosodyConfig({ ...options, domain, componentJid, folder: folder.seen, ports }));
  giveTo(user, folder.seen, options.root);
  const args = ['--config', join(folder.seen, 'prosody.cfg.lua'), '-F'];
  const run = async (): Promise<Daemon> => {
    const daemon = startDaemon({ command: 'prosody', args, user, logFile, root: options.root });
    await daemon.listening(ports.c2s, ports.component, ...(options.websocket === true ? [ports.http] : []));
    return daemon;
  };
  let daemon = await run().catch((error: unknown) => {
    folder.remove();
    throw error;
  });
  return {
    kind: 'prosody',
    domain,
    c2sPort: ports.c2s,
    componentPort: ports.component,
    componentJid,
    componentSecret,
    ...(options.websocket === true ? { websocket: `ws://127.0.0.1:${ports.http}/xmpp-websocket` } : {}),
    // In the clear until the first login, at which Prosody replaces it by a hash; prosodyctl would take a second for each.
    addUser: (name, password) =>
      writeFile(join(accounts, `${name.replaceAll(/\W/g, encodeByte)}.dat`), `return { ["password"] = ${JSON.stringify(password)} };\n`),
    async restart() {
      await daemon.stop();
      daemon = await run();
    },
    async stop() {
      await daemon.stop();
      folder.remove();
    },
    log: () => readLog(logFile),
  };
}

/** How Prosody writes whatever is no letter or digit in the names of its files. */
const encodeByte = (character: string): string => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`;

interface ProsodyConfig extends ProsodyOptions {
  readonly domain: string;
  readonly componentJid: string;
  readonly folder: string;
  readonly ports: { readonly c2s: number; readonly component: number; readonly http: number };
}

const prosodyConfig = (config: ProsodyConfig): string => `
pidfile = "${config.folder}/prosody.pid"
data_path = "${config.folder}/data"
log = { ${config.quiet === true ? 'warn' : 'debug'} = "${config.folder}/prosody.log" }
modules_enabled = { ${['roster', 'saslauth', 'disco', 'ping', 'cloud_notify', ...(config.modules ?? []), ...(config.websocket === true ? ['websocket'] : [])].map((name) => `"${name}"`).join(', ')} }
modules_disabled = { "s2s", "tls" }
authentication = "internal_hashed"
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
-- COMPAT(@xmpp/sasl, 0.13.6): takes its SCRAM mechanism for synchronous, which it no longer is, and sends "[object Promise]"
disable_sasl_mechanisms = { ${config.scram === true ? '' : '"SCRAM-SHA-1", "SCRAM-SHA-256"'} }
interfaces = { "127.0.0.1" }
c2s_ports = { ${config.ports.c2s} }
component_interfaces = { "127.0.0.1" }
component_ports = { ${config.ports.component} }
${config.websocket === true ? websocketConfig(config) : ''}
push_max_errors = ${config.maxErrors ?? 16}
push_notification_with_body = ${config.withBody ?? false}
push_notification_with_sender = ${config.withSender ?? false}
${config.importantBody === undefined ? '' : `push_notification_important_body = ${JSON.stringify(config.importantBody)}`}
VirtualHost "${config.domain}"
Component "${config.componentJid}"
  component_secret = "${componentSecret}"
${config.rooms === true ? `Component "conference.${config.domain}" "muc"` : ''}
${config.include === undefined ? '' : `Include "${config.include}"`}
`;

/** For any name by which it is called: the host has none in the DNS. */
const websocketConfig = ({ domain, ports }: ProsodyConfig): string => `http_ports = { ${ports.http} }
https_ports = {}
http_interfaces = { "127.0.0.1" }
http_default_host = "${domain}"`;
