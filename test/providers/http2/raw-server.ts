import { createSecureServer, type Http2SecureServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import type { Endpoint } from '../../../providers/http2/endpoint.ts';
import { createPool, type Pool } from '../../../providers/http2/pool/pool.ts';
import type { Exchange } from '../../../providers/http2/exchange.ts';
import { buildAuthority } from '../../../src/sandbox/authority.ts';
import { never } from '../kit.ts';

export const authority = buildAuthority();

/** A bare HTTP/2 server that does with each request what the test says. */
export interface RawServer {
  readonly origin: URL;
  readonly sessions: ServerHttp2Session[];
  /** The raw TCP sockets, in order of arrival. */
  readonly sockets: Socket[];
  /** Bodies of the requests that arrived complete. */
  readonly bodies: string[];
}

export type Handle = (stream: ServerHttp2Stream, count: number, session: ServerHttp2Session) => void;

export async function createRawServer(context: TestContext, handle: Handle, streams = 1000, host = '127.0.0.1'): Promise<RawServer> {
  const server = createSecureServer({ ...authority.server, settings: { maxConcurrentStreams: streams }, maxSessionRejectedStreams: 1e6 });
  const sessions: ServerHttp2Session[] = [];
  const bodies: string[] = [];
  const sockets = trackSockets(server);
  server.on('session', (session) => sessions.push(session.on('error', () => undefined)));
  server.on('stream', (stream: ServerHttp2Stream) => {
    const { session } = stream;
    let body = '';
    stream.on('error', () => undefined);
    stream.on('data', (chunk: Buffer) => (body += chunk.toString()));
    stream.on('end', () => {
      if (stream.destroyed || stream.aborted || session === undefined || session.destroyed) return;
      bodies.push(body);
      handle(stream, bodies.length, session as ServerHttp2Session);
    });
  });
  return { origin: await listen(context, server, sockets, host), sessions, sockets, bodies };
}

/** A TCP relay before a server; frozen, it forwards nothing in either direction and keeps every connection open, until it thaws. */
export async function createRelay(context: TestContext, target: URL): Promise<{ readonly origin: URL; freeze(): void; thaw(): void }> {
  const pairs: (readonly [Socket, Socket])[] = [];
  const server = createServer((near) => {
    const far = connect(Number(target.port), '127.0.0.1');
    pairs.push([near.on('error', () => undefined), far.on('error', () => undefined)]);
    near.pipe(far).pipe(near);
    near.on('close', () => far.destroy());
  });
  return {
    origin: await listen(context, server, trackSockets(server)),
    freeze() {
      for (const [near, far] of pairs) {
        near.unpipe(far).pause();
        far.unpipe(near).pause();
      }
    },
    thaw() {
      for (const [near, far] of pairs) near.pipe(far).pipe(near);
    },
  };
}

export interface Caller {
  readonly pool: Pool;
  readonly events: string[];
  readonly request: (body?: string, limitMs?: number, signal?: AbortSignal, patienceMs?: number) => Promise<Exchange>;
  readonly burst: (count: number) => Promise<readonly Exchange[]>;
}

export function createCaller(context: TestContext, origin: URL, endpoint: Partial<Endpoint> = {}): Caller {
  const events: string[] = [];
  const log = { debug: (event: string) => void events.push(event), warn: (event: string) => void events.push(event) };
  const pool = createPool({ origin, ca: authority.ca, ...endpoint }, log);
  context.after(() => pool.close());
  const headers = [':method', 'POST', ':scheme', 'https', ':authority', pool.authority, ':path', '/x'];
  const request = (body = 'x', limitMs = 30_000, signal = never, patienceMs?: number) =>
    pool.request({ headers, body, deadline: performance.now() + limitMs, patienceMs, signal });
  return { pool, events, request, burst: (count) => Promise.all(Array.from({ length: count }, (_, index) => request(`body ${index}`))) };
}

export function accept(stream: ServerHttp2Stream): void {
  if (!stream.destroyed) stream.respond({ ':status': 200 }, { endStream: true });
}

function trackSockets(server: Server | Http2SecureServer): Socket[] {
  const sockets: Socket[] = [];
  server.on('connection', (socket: Socket) => sockets.push(socket.on('error', () => undefined)));
  return sockets;
}

async function listen(
  context: TestContext,
  server: Server | Http2SecureServer,
  sockets: readonly Socket[],
  host = '127.0.0.1',
): Promise<URL> {
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return new URL(`https://localhost:${(server.address() as AddressInfo).port}`);
}
