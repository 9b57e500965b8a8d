import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Daemon, freePorts, giveTo, readLog, startDaemon } from './daemon.ts';
import { defaultComponentJid, defaultDomain, type HostOptions, type XmppHost } from './host.ts';
import { makeServerFolder, type ServerFolder } from './server-folder.ts';

export const ejabberdPackages = ['ejabberd'];

export interface EjabberdOptions extends HostOptions {
  /** So many connections of the component, which are all there, share what comes for it (domain_balancing). */
  readonly balanced?: number;
}

const user = 'ejabberd';
const componentSecret = 'loopback-secret';

/**
 * Starts Debian's ejabberd on free loopback ports in a temporary folder; settles when it listens, rejects with its log.
 * It runs as an Erlang node without a name: no epmd, no cookie, nothing that two runs on one machine could share.
 */
export async function startEjabberd(options: EjabberdOptions = {}): Promise<XmppHost> {
  const folder = makeServerFolder('ejabberd', options.root);
  const domain = options.domain ?? defaultDomain;
  const componentJid = options.componentJid ?? defaultComponentJid;
  const ports = await freePorts('c2s', 'component', 'api', 'nobody');
  const logFile = join(folder.path, 'ejabberd.log');
  mkdirSync(join(folder.path, 'mnesia'));
  writeFileSync(join(folder.path, 'ejabberd.yml'), ejabberdConfig({ ...options, domain, componentJid, ports }));
  writeFileSync(join(folder.path, 'inetrc'), '{lookup, [file, native]}.\n{host, {127,0,0,1}, ["localhost"]}.\n');
  giveTo(user, folder.seen, options.root);
  const run = async (): Promise<Daemon> => {
    const daemon = startDaemon(ejabberdCommand(folder, logFile, options.root));
    await daemon.listening(ports.c2s, ports.component, ports.api);
    return daemon;
  };
  let daemon = await run().catch((error: unknown) => {
    folder.remove();
    throw error;
  });
  return {
    kind: 'ejabberd',
    domain,
    c2sPort: ports.c2s,
    componentPort: ports.component,
    componentJid,
    componentSecret,
    addUser: (name, password) => callApi(ports.api, 'register', { user: name, host: domain, password }),
    restartModule: (module) => callApi(ports.api, 'restart_module', { host: domain, module }),
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

function ejabberdCommand({ seen }: ServerFolder, logFile: string, root: string | undefined) {
  return {
    command: 'erl',
    args: ['-noinput', '-boot', 'start_sasl', '-mnesia', 'dir', JSON.stringify(join(seen, 'mnesia')), '-s', 'ejabberd'],
    user,
    env: {
      HOME: seen,
      EJABBERD_CONFIG_PATH: join(seen, 'ejabberd.yml'),
      EJABBERD_LOG_PATH: join(seen, 'ejabberd.log'),
      ERL_INETRC: join(seen, 'inetrc'),
      ERL_LIBS: erlangLibraries(root),
      ERL_CRASH_DUMP: join(seen, 'erl_crash.dump'),
    },
    logFile,
    root,
  };
}

/** Debian keeps ejabberd's code in a folder of the machine's architecture and names it in the control script only. */
function erlangLibraries(root = ''): string {
  const script = readFileSync(`${root}/usr/sbin/ejabberdctl`, 'utf8');
  return /^ERL_LIBS='(.+)'$/m.exec(script)?.[1] ?? '/usr/lib';
}

async function callApi(port: number, command: string, values: Readonly<Record<string, string>>): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/api/${command}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(values),
    signal: AbortSignal.timeout(30_000),
  });
  if (!response.ok) throw new Error(`ejabberd refused ${command}: ${response.status} ${await response.text()}`);
}

interface EjabberdConfig extends EjabberdOptions {
  readonly domain: string;
  readonly componentJid: string;
  readonly ports: { readonly c2s: number; readonly component: number; readonly api: number; readonly nobody: number };
}

const ejabberdConfig = (config: EjabberdConfig): string => `
hosts: ["${config.domain}"]
loglevel: ${config.quiet === true ? 'warning' : 'debug'}
auth_method: internal
auth_password_format: plain
# COMPAT(@xmpp/sasl, 0.13.6): takes its SCRAM mechanism for synchronous, which it no longer is, and sends "[object Promise]"
disable_sasl_mechanisms: ["SCRAM-SHA-1", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-512", "SCRAM-SHA-512-PLUS", "DIGEST-MD5", "X-OAUTH2"]
${config.balanced === undefined ? '' : `domain_balancing: { "${config.componentJid}": { type: random, component_number: ${config.balanced} } }`}
# Where other servers would be found: nobody listens.
outgoing_s2s_port: ${config.ports.nobody}
listen:
  - { port: ${config.ports.c2s}, ip: "127.0.0.1", module: ejabberd_c2s }
  - port: ${config.ports.component}
    ip: "127.0.0.1"
    module: ejabberd_service
    hosts: { "${config.componentJid}": { password: "${componentSecret}" } }
  - { port: ${config.ports.api}, ip: "127.0.0.1", module: ejabberd_http, request_handlers: { "/api": mod_http_api } }
api_permissions:
  loopback: { who: { access: { allow: { ip: 127.0.0.1/8 } } }, what: [register, restart_module] }
modules:
  mod_disco: {}
  mod_offline: {}
  mod_ping: {}
  mod_roster: {}
  mod_push: { include_body: ${includeBody(config)}, include_sender: ${config.withSender ?? false} }
${config.rooms === true ? '  mod_muc: { default_room_options: { allow_subscription: true, mam: false } }\n' : ''}${(config.modules ?? []).map((line) => `  ${line}\n`).join('')}`;

function includeBody({ withBody = false, importantBody }: EjabberdConfig): string {
  return withBody || importantBody === undefined ? String(withBody) : JSON.stringify(importantBody);
}
