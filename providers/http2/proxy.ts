import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import http2Wrapper from 'http2-wrapper';

/**
 * A TLS connection to `origin` through an HTTP CONNECT proxy, still shaking hands. The tunnel is http2-wrapper's; its
 * session pool is not used, because it picks the most loaded session, keeps choosing sessions after a GOAWAY (#89) and
 * keeps dead ones (#97). Rejects when the proxy refuses or can't be reached.
 */
export async function dialThroughProxy(proxy: URL, origin: URL, options: ConnectionOptions, signal: AbortSignal): Promise<TLSSocket> {
  const socket = await reach(proxy, signal);
  try {
    const agent = new http2Wrapper.proxies.Http2OverHttp({ proxyOptions: buildProxyOptions(proxy, socket) });
    return await raceSocket(agent.createConnection(origin, { ...options }), socket, signal);
  } catch (error) {
    socket.on('error', () => undefined).destroy();
    throw new Error(`proxy ${proxy.host}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** http2-wrapper sends user and password as they stand in the URL, percent-encoded: here they are decoded instead. */
function buildProxyOptions(proxy: URL, socket: Socket) {
  const url = new URL(proxy);
  url.username = '';
  url.password = '';
  const user = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  const headers = user === ':' ? {} : { 'proxy-authorization': `Basic ${Buffer.from(user).toString('base64')}` };
  // http2-wrapper hands what it doesn't know to http.request: our own socket, so that a refused CONNECT leaks none.
  return { url, headers, createConnection: () => socket };
}

async function reach(proxy: URL, signal: AbortSignal): Promise<Socket> {
  const isTls = proxy.protocol === 'https:';
  const address = { host: proxy.hostname.replace(/^\[|\]$/g, ''), port: Number(proxy.port || (isTls ? 443 : 80)) };
  const socket = isTls ? connectTls({ ...address, servername: address.host }) : connectTcp(address);
  try {
    await once(socket, isTls ? 'secureConnect' : 'connect', { signal });
    return socket;
  } catch (error) {
    socket.on('error', () => undefined).destroy();
    throw new Error(`proxy ${proxy.host}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** The tunnel has no limit of its own: a proxy that accepts and stays silent, or hangs up, ends the wait as well. */
async function raceSocket<T>(tunnel: Promise<T>, socket: Socket, signal: AbortSignal): Promise<T> {
  const settled = new AbortController();
  const closed = once(socket, 'close', { signal: AbortSignal.any([signal, settled.signal]) }).then(() => {
    throw new Error('closed the connection');
  });
  try {
    return await Promise.race([tunnel, closed]);
  } finally {
    settled.abort();
    // The loser of the race rejects as well, and has nothing to say any more.
    closed.catch(() => undefined);
    tunnel.catch(() => undefined);
  }
}
