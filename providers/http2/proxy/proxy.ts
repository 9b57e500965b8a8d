// Room: HTTP CONNECT proxies: which one, and how to log in there. In: a target. Out: a tunnel. May enter: connect, diagnose.
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, getCACertificates, type ConnectionOptions, type TLSSocket } from 'node:tls';
import http2Wrapper from 'http2-wrapper';
import { request } from '../../../src/base/node/http.ts';
import { createProxyAuthorization, type ProxyAuthorization } from './authorization.ts';

/** One HTTP CONNECT proxy. */
export interface Proxy {
  /** `host:port`; never user or password. */
  readonly name: string;
  /**
   * A TLS connection to `origin` through the proxy, still shaking hands. Rejects, leaving no socket behind, when the proxy
   * refuses, can't be reached or stays silent until the signal aborts. The caller owns the socket.
   */
  open(origin: URL, options: ConnectionOptions, signal: AbortSignal): Promise<TLSSocket>;
}

/** The proxy answered CONNECT with something else than 200. */
class ConnectRefused extends Error {
  override readonly name = 'ConnectRefused';
  readonly statusCode: number | undefined;

  constructor(statusCode: number | undefined) {
    super(`answered CONNECT with status ${statusCode}`);
    this.statusCode = statusCode;
  }
}

/** The status with which the proxy refused CONNECT, where that is what the error is about. */
export function statusOfRefusal(error: unknown): number | undefined {
  // http2-wrapper's UnexpectedStatusCodeError has the same field.
  const status = error instanceof Error ? (error as { readonly statusCode?: unknown }).statusCode : undefined;
  return typeof status === 'number' ? status : undefined;
}

export function createProxy(url: URL, ca: string | undefined): Proxy {
  const authorization = createProxyAuthorization(url);
  const address = { url, ca };
  return {
    name: url.host,
    async open(origin, options, signal) {
      if (authorization.isPossible && !authorization.isKnown) await ask(address, authorization, origin, signal);
      try {
        return await tunnel(address, authorization, origin, options, signal);
      } catch (error) {
        // The nonce of a Digest grows old (RFC 7616 §3.5): the proxy names a new one.
        if (!authorization.isPossible || statusOfRefusal(error) !== 407) throw error;
        await ask(address, authorization, origin, signal);
        return await tunnel(address, authorization, origin, options, signal);
      }
    },
  };
}

interface Address {
  readonly url: URL;
  readonly ca: string | undefined;
}

/**
 * The tunnel is http2-wrapper's; its session pool is not used, because it picks the most loaded session, keeps choosing
 * sessions after a GOAWAY (#89) and keeps dead ones (#97).
 */
async function tunnel(
  address: Address,
  authorization: ProxyAuthorization,
  origin: URL,
  options: ConnectionOptions,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const header = authorization.build(targetOf(origin));
  const url = new URL(address.url);
  // http2-wrapper would send them as they stand in the URL, percent-encoded.
  url.username = url.password = '';
  return withSocket(address, signal, async (socket) => {
    // http2-wrapper hands what it doesn't know to http.request: our own socket, so that a refused CONNECT leaks none.
    const headers = header === undefined ? {} : { 'proxy-authorization': header };
    const agent = new http2Wrapper.proxies.Http2OverHttp({ proxyOptions: { url, headers, ...{ createConnection: () => socket } } });
    return agent.createConnection(origin, keepProtocols(options));
  });
}

/** http2-wrapper sets `h2`, whatever was asked for: here the assignment is let go by. */
function keepProtocols({ ALPNProtocols, ...options }: ConnectionOptions): ConnectionOptions {
  const asked = { get: () => ALPNProtocols, set: () => undefined, enumerable: true };
  return Object.defineProperty({ ...options }, 'ALPNProtocols', asked);
}

/** Asks for a tunnel without authorization, because http2-wrapper does not tell which kind a proxy wants. */
async function ask(address: Address, authorization: ProxyAuthorization, origin: URL, signal: AbortSignal): Promise<void> {
  const target = targetOf(origin);
  await withSocket(address, signal, async (socket) => {
    const asked = request({ createConnection: () => socket, method: 'CONNECT', path: target, headers: { host: target } }).end();
    // It may fail once more when nobody waits any longer.
    asked.on('error', () => undefined);
    const [response] = (await once(asked, 'connect', { signal })) as [IncomingMessage];
    if (response.statusCode === 407) authorization.learn(response.headers['proxy-authenticate']);
    else if (response.statusCode === 200) authorization.learnNothing();
    else throw new ConnectRefused(response.statusCode);
    socket.destroy();
  });
}

/** Destroys the socket where `use` fails; a proxy that hangs up or stays silent makes it fail. */
async function withSocket<T>(address: Address, signal: AbortSignal, use: (socket: Socket) => Promise<T>): Promise<T> {
  const socket = await reach(address, signal);
  try {
    return await raceSocket(use(socket), socket, signal);
  } catch (error) {
    socket.on('error', () => undefined).destroy();
    throw error;
  }
}

async function reach({ url, ca }: Address, signal: AbortSignal): Promise<Socket> {
  const isTls = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const address = { host, port: Number(url.port || (isTls ? 443 : 80)) };
  const trust = ca === undefined ? {} : { ca: [...getCACertificates('default'), ca] };
  const socket = isTls ? connectTls({ ...address, ...trust, servername: isIP(host) === 0 ? host : '' }) : connectTcp(address);
  try {
    await once(socket, isTls ? 'secureConnect' : 'connect', { signal });
    return socket;
  } catch (error) {
    socket.on('error', () => undefined).destroy();
    throw error;
  }
}

async function raceSocket<T>(work: Promise<T>, socket: Socket, signal: AbortSignal): Promise<T> {
  const settled = new AbortController();
  const closed = once(socket, 'close', { signal: AbortSignal.any([signal, settled.signal]) }).then(() => {
    throw new Error('closed the connection');
  });
  try {
    return await Promise.race([work, closed]);
  } finally {
    settled.abort();
    // The loser of the race rejects as well, and has nothing to say any more.
    closed.catch(() => undefined);
    work.catch(() => undefined);
  }
}

function targetOf(origin: URL): string {
  return `${origin.hostname}:${origin.port || 443}`;
}
