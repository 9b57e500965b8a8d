import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { createServer } from '../../../src/base/node/http.ts';

/** The page of etc/webapp at an address on loopback, where browsers allow push without TLS. */
export interface ServedPage {
  /** As in `http://127.0.0.1:40123`. */
  readonly origin: string;
  /** Called by whoever started it. */
  close(): Promise<void>;
}

interface File {
  readonly type: string;
  readonly content: Buffer;
}

const folder = join(import.meta.dirname, '../../../etc/webapp');
const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
};

/** Settles when it listens. Serves the files that were there then, and nothing else. */
export async function servePage(port = 0): Promise<ServedPage> {
  const files = readFiles();
  const headers = buildHeaders(files.get('/')?.content.toString() ?? '');
  const server = createServer((request, response) => answer(request, response, files, headers));
  await once(server.listen(port, '127.0.0.1'), 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

/** By their path in the URL; the page itself is `/`. */
function readFiles(): ReadonlyMap<string, File> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => types[extname(name)] !== undefined);
  const read = (name: string): File => ({ type: types[extname(name)] ?? '', content: readFileSync(join(folder, name)) });
  return new Map(names.map((name) => [name === 'index.html' ? '/' : `/${name}`, read(name)]));
}

/** The page's own policy, for its service worker too, and what only a header can say. */
function buildHeaders(page: string): Readonly<Record<string, string>> {
  const [, policy = "default-src 'none'"] = /content="(default-src [^"]+)"/.exec(page) ?? [];
  return {
    'content-security-policy': `${policy}; frame-ancestors 'none'`,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  };
}

function answer(
  { method, url = '/' }: IncomingMessage,
  response: ServerResponse,
  files: ReadonlyMap<string, File>,
  headers: Readonly<Record<string, string>>,
): void {
  if (method !== 'GET' && method !== 'HEAD') return void response.writeHead(405, { ...headers, allow: 'GET, HEAD' }).end();
  const file = files.get(url.split('?', 1)[0] ?? '');
  if (file === undefined) return void response.writeHead(404, { ...headers, 'content-type': 'text/plain' }).end('not here\n');
  response.writeHead(200, { ...headers, 'content-type': file.type }).end(method === 'HEAD' ? undefined : file.content);
}
