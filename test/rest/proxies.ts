import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildAuthority } from '../../src/sandbox/authority.ts';
import { freePorts, giveTo, startDaemon } from '../servers/daemon.ts';

/** A reverse proxy with the sample configuration, changed in nothing but names, ports and paths. */
export interface ReverseProxy {
  readonly port: number;
  /** Where it speaks TLS, the authority of its certificate. */
  readonly ca: string | undefined;
  stop(): Promise<void>;
}

export interface ProxyKind {
  readonly name: string;
  readonly packages: readonly string[];
  /** Rejects with what the program says of the sample, as an administrator would install it. */
  validate(): Promise<void>;
  start(jid: string, backend: number): Promise<ReverseProxy>;
}

const sample = (name: string): string => readFileSync(new URL(`../../etc/reverse-proxy/${name}`, import.meta.url), 'utf8');
const run = promisify(execFile);
const limit = { timeout: 60_000 };
const user = 'www-data';

export const nginx: ProxyKind = {
  name: 'nginx',
  packages: ['nginx'],
  async validate() {
    const folder = createFolder();
    try {
      await run('nginx', ['-t', '-q', '-p', folder, '-c', prepareNginx(folder, sample('nginx.conf'))], limit);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  async start(jid, backend) {
    const folder = createFolder();
    const { port } = await freePorts('port');
    const server = adapt(sample('nginx.conf'), jid, backend)
      .replace('listen 443 ssl;', `listen 127.0.0.1:${port} ssl;`)
      .replace('listen [::]:443 ssl;', '');
    const config = prepareNginx(folder, server);
    return startProxy({
      folder,
      port,
      args: ['-p', folder, '-c', config, '-g', 'daemon off;'],
      command: 'nginx',
      ca: readFileSync(join(folder, 'ca.pem'), 'utf8'),
    });
  },
};

export const caddy: ProxyKind = {
  name: 'Caddy',
  packages: ['caddy'],
  async validate() {
    const folder = createFolder();
    try {
      const file = new URL('../../etc/reverse-proxy/Caddyfile', import.meta.url).pathname;
      await run('caddy', ['validate', '--adapter', 'caddyfile', '--config', file], { ...limit, env: { ...process.env, ...home(folder) } });
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  async start(jid, backend) {
    const folder = createFolder();
    const { port } = await freePorts('port');
    // Without TLS: there is no authority on loopback that would give it a certificate.
    const site = adapt(sample('Caddyfile'), jid, backend).replace(`${jid} {`, `http://${jid}:${port} {\n\tbind 127.0.0.1`);
    const config = join(folder, 'Caddyfile');
    writeFileSync(config, `{\n\tadmin off\n}\n${site}`);
    giveTo(user, folder);
    return startProxy({
      folder,
      port,
      args: ['run', '--adapter', 'caddyfile', '--config', config],
      command: 'caddy',
      env: home(folder),
      ca: undefined,
    });
  },
};

interface Start {
  readonly folder: string;
  readonly port: number;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly ca: string | undefined;
}

async function startProxy({ folder, port, command, args, env = {}, ca }: Start): Promise<ReverseProxy> {
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const daemon = startDaemon({ command, args, user, env, logFile: join(folder, 'error.log') });
  await daemon.listening(port).catch((error: unknown) => {
    remove();
    throw error;
  });
  return { port, ca, stop: () => daemon.stop().finally(remove) };
}

function adapt(text: string, jid: string, backend: number): string {
  return text.replaceAll('push.example.org', jid).replaceAll('127.0.0.1:5281', `127.0.0.1:${backend}`);
}

/** The file that Debian's own nginx.conf would include, and just enough around it. */
function prepareNginx(folder: string, server: string): string {
  const { ca, server: identity } = buildAuthority();
  for (const [name, text] of Object.entries({ 'ca.pem': ca, 'cert.pem': identity.cert, 'key.pem': identity.key }))
    writeFileSync(join(folder, name), text);
  mkdirSync(join(folder, 'temp'));
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((part) => `${part}_temp_path ${folder}/temp/${part};`);
  const withKeys = server
    .replace(/ssl_certificate .*;/, `ssl_certificate ${folder}/cert.pem;`)
    .replace(/ssl_certificate_key .*;/, `ssl_certificate_key ${folder}/key.pem;`);
  const config = join(folder, 'nginx.conf');
  const head = `pid ${folder}/pid;\nerror_log ${folder}/error.log;\nevents {}\n`;
  writeFileSync(config, `${head}http {\naccess_log off;\n${temp.join('\n')}\n${withKeys}\n}\n`);
  giveTo(user, folder);
  return config;
}

function createFolder(): string {
  return mkdtempSync(join(tmpdir(), 'reveille-proxy-'));
}

function home(folder: string): Readonly<Record<string, string>> {
  return { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
}
