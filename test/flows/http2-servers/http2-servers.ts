import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createSecureServer, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildAuthority } from '../../../src/sandbox/authority.ts';
import { freePorts, giveTo, startDaemon } from '../../servers/daemon.ts';

/** A server that answers each request with 200 and a short body, over TLS. */
export interface Http2Server {
  readonly origin: URL;
  readonly ca: string;
  stop(): Promise<unknown>;
}

export interface Http2Kind {
  readonly name: string;
  /** Of Debian; none where Node is the server. */
  readonly packages: readonly string[];
  /** Whether it ends connections in the midst of their use. */
  readonly leaves: boolean;
  start(): Promise<Http2Server>;
}

const user = 'www-data';
const authority = buildAuthority();

interface Program {
  readonly command: string;
  readonly args: (folder: string) => readonly string[];
  readonly files: (folder: string, port: number) => Readonly<Record<string, string>>;
}

async function startProgram({ command, args, files }: Program): Promise<Http2Server> {
  const folder = mkdtempSync(join(tmpdir(), 'reveille-http2-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const { port } = await freePorts('port');
  mkdirSync(join(folder, 'temp'));
  const { cert, key } = authority.server;
  for (const [name, text] of Object.entries({ 'cert.pem': cert, 'key.pem': key, ...files(folder, port) }))
    writeFileSync(join(folder, name), text);
  giveTo(user, folder);
  const env = { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  const daemon = startDaemon({ command, args: args(folder), user, env, logFile: join(folder, 'error.log') });
  await daemon.listening(port).catch((error: unknown) => {
    remove();
    throw error;
  });
  return { origin: new URL(`https://localhost:${port}`), ca: authority.ca, stop: () => daemon.stop().finally(remove) };
}

/** Ends each connection after so many requests, with a GOAWAY in the midst of them. */
function nginx(requests: number): Http2Kind {
  return {
    name: `nginx with ${requests} requests a connection`,
    packages: ['nginx'],
    leaves: requests < 1_000,
    start: () =>
      startProgram({
        command: 'nginx',
        args: (folder) => ['-p', folder, '-c', join(folder, 'nginx.conf'), '-g', 'daemon off;'],
        files: (folder, port) => ({ 'nginx.conf': nginxConfig(folder, port, requests) }),
      }),
  };
}

function nginxConfig(folder: string, port: number, requests: number): string {
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((part) => `${part}_temp_path ${folder}/temp/${part};`).join('\n');
  return `pid ${folder}/pid;
error_log ${folder}/error.log;
events { worker_connections 1024; }
http {
access_log off;
${temp}
large_client_header_buffers 8 32k;
http2_max_field_size 32k;
http2_max_header_size 64k;
server {
  listen 127.0.0.1:${port} ssl http2;
  ssl_certificate ${folder}/cert.pem;
  ssl_certificate_key ${folder}/key.pem;
  keepalive_requests ${requests};
  location / { return 200 "taken"; }
}
}
`;
}

const caddy: Http2Kind = {
  name: "Caddy, Go's HTTP/2",
  packages: ['caddy'],
  leaves: false,
  start: () =>
    startProgram({
      command: 'caddy',
      args: (folder) => ['run', '--adapter', 'caddyfile', '--config', join(folder, 'Caddyfile')],
      files: (folder, port) => ({
        Caddyfile: `{\n\tadmin off\n\tauto_https off\n}\nhttps://localhost:${port} {\n\tbind 127.0.0.1\n\ttls ${folder}/cert.pem ${folder}/key.pem\n\trespond "taken" 200\n}\n`,
      }),
    }),
};

const node: Http2Kind = {
  name: 'node:http2',
  packages: [],
  leaves: false,
  async start() {
    const sessions = new Set<ServerHttp2Session>();
    const server = createSecureServer({ ...authority.server, settings: { maxHeaderListSize: 65_536 } });
    server.on('session', (session) => sessions.add(session.on('error', () => undefined)));
    server.on('stream', (stream) => {
      stream.on('error', () => undefined).resume();
      stream.on('end', () => {
        stream.respond({ ':status': 200 });
        stream.end('taken');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return {
      origin: new URL(`https://localhost:${(server.address() as AddressInfo).port}`),
      ca: authority.ca,
      stop: () => {
        for (const session of sessions) session.destroy();
        return new Promise<void>((resolve) => server.close(() => resolve()));
      },
    };
  },
};

export const http2Servers: readonly Http2Kind[] = [nginx(100_000), nginx(100), caddy, node];
