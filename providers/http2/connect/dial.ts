import { once } from 'node:events';
import { isIP } from 'node:net';
import { connect, createSecureContext, getCACertificates, type ConnectionOptions, type SecureContext, type TLSSocket } from 'node:tls';
import { createAddressBook, type AddressBook } from './address-book.ts';
import type { Endpoint } from '../endpoint.ts';
import { createTunnels } from './tunnels.ts';

const keepAliveMs = 30_000;
/** Node's 250 ms before it tries the next address are too short for slow paths. */
const familyAttemptMs = 1_000;

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
 * when the connection fails, the peer does not agree on h2, or the signal aborts. The caller owns the socket.
 */
export function createDial(endpoint: Endpoint): Dial {
  const addresses = createAddressBook(endpoint.resolve);
  const tunnels = createTunnels(endpoint);
  let options: ConnectionOptions | undefined;
  return async (signal) => {
    options ??= buildTlsOptions(endpoint);
    if (tunnels !== undefined) return tunnels.open(options, signal, (socket) => handshake(socket, signal));
    const socket = await handshake(connect({ ...options, ...buildReach(addresses) }), signal);
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
    secureContext: buildSecureContext(endpoint),
  };
}

/** One for all connections: loading some 150 trust anchors takes longer than a handshake. */
function buildSecureContext({ ca, client }: Endpoint): SecureContext {
  return createSecureContext({
    ...client,
    ...(ca === undefined ? {} : { ca: [...getCACertificates('default'), ca] }),
    minVersion: 'TLSv1.2',
  });
}

/** Settles when the socket speaks h2; rejects, destroying it, where that fails or the signal aborts. */
export async function handshake(socket: TLSSocket, signal: AbortSignal): Promise<TLSSocket> {
  try {
    socket.setKeepAlive(true, keepAliveMs).setNoDelay(true);
    await once(socket, 'secureConnect', { signal });
    if (socket.alpnProtocol !== 'h2') throw new NoHttp2();
    return socket;
  } catch (error) {
    // A destroyed socket may still report; whoever waited has been told already.
    socket.on('error', () => undefined).destroy();
    throw error;
  }
}
