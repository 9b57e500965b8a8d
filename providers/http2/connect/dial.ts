import { once } from 'node:events';
import { isIP } from 'node:net';
import { connect, createSecureContext, getCACertificates, type ConnectionOptions, type SecureContext, type TLSSocket } from 'node:tls';
import { createAddressBook, type AddressBook } from './address-book.ts';
import type { Endpoint } from '../endpoint.ts';
import { createTunnels } from './tunnels.ts';

const keepAliveMs = 30_000;
/** Node's 250 ms before it tries the next address are too short for slow paths. */
const familyAttemptMs = 1_000;
/** Its name in ALPN. */
const http1 = 'http/1.1';

export type Dial = (signal: AbortSignal) => Promise<TLSSocket>;

/** The TLS handshake went well, with somebody who does not speak HTTP/2. */
export class NoHttp2 extends Error {
  override readonly name = 'NoHttp2';

  constructor() {
    super('the peer does not speak HTTP/2 (no h2 in ALPN)');
  }
}

/**
 * A function that opens TLS connections speaking `h2`, directly or through a proxy. It rejects, leaving no socket behind,
 * when the connection fails, the peer does not agree on h2, or the signal aborts. The caller owns the socket. One to a peer that
 * speaks HTTP/1.1 only is handed to `takeHttp1` of the endpoint, where there is one, and rejects with {@link NoHttp2} all the same.
 */
export function createDial(endpoint: Endpoint): Dial {
  const { takeHttp1 } = endpoint;
  if (takeHttp1 === undefined) return createDialOf(endpoint, ['h2']);
  const dial = createDialOf(endpoint, ['h2', http1]);
  return async (signal) => {
    const socket = await dial(signal);
    if (socket.alpnProtocol === 'h2') return socket;
    takeHttp1(socket);
    throw new NoHttp2();
  };
}

/** The same for connections that speak HTTP/1.1. */
export function createHttp1Dial(endpoint: Endpoint): Dial {
  return createDialOf(endpoint, [http1]);
}

function createDialOf(endpoint: Endpoint, protocols: readonly string[]): Dial {
  const addresses = createAddressBook(endpoint.resolve);
  const tunnels = createTunnels(endpoint);
  let options: ConnectionOptions | undefined;
  return async (signal) => {
    options ??= { ...buildTlsOptions(endpoint), ALPNProtocols: [...protocols] };
    if (tunnels !== undefined) return tunnels.open(options, signal, (socket) => handshake(socket, signal, protocols));
    const socket = await handshake(connect({ ...options, ...buildReach(addresses) }), signal, protocols);
    addresses.note(socket);
    return socket;
  };
}

/** How an address is found and chosen where no proxy does so. */
export function buildReach({ lookup }: AddressBook) {
  return { lookup, autoSelectFamily: true, autoSelectFamilyAttemptTimeout: familyAttemptMs };
}

export function buildTlsOptions(endpoint: Endpoint): ConnectionOptions & { readonly host: string; readonly port: number } {
  const { hostname, port } = endpoint.origin;
  const host = hostname.replace(/^\[|\]$/g, '');
  return {
    host,
    port: Number(port || 443),
    // An IP address must not be sent as a server name (RFC 6066 §3).
    servername: isIP(host) === 0 ? host : '',
    ALPNProtocols: ['h2'],
    secureContext: endpoint.secureContext ?? buildSecureContext(endpoint),
  };
}

/** One for all connections: loading some 150 trust anchors takes longer than a handshake. */
export function buildSecureContext({ ca, client }: Pick<Endpoint, 'ca' | 'client'>): SecureContext {
  return createSecureContext({
    ...client,
    ...(ca === undefined ? {} : { ca: [...getCACertificates('default'), ca] }),
    minVersion: 'TLSv1.2',
  });
}

/** Settles when the socket speaks h2, or another of these; rejects, destroying it, where that fails or the signal aborts. */
export async function handshake(socket: TLSSocket, signal: AbortSignal, protocols: readonly string[] = ['h2']): Promise<TLSSocket> {
  try {
    socket.setKeepAlive(true, keepAliveMs).setNoDelay(true);
    await once(socket, 'secureConnect', { signal });
    // A server that knows nothing of ALPN speaks what there was before it.
    if (!protocols.includes(socket.alpnProtocol || http1)) throw new NoHttp2();
    return socket;
  } catch (error) {
    // A destroyed socket may still report; whoever waited has been told already.
    socket.on('error', () => undefined).destroy();
    throw error;
  }
}
