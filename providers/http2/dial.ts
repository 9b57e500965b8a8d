import { once } from 'node:events';
import { isIP } from 'node:net';
import { connect, createSecureContext, getCACertificates, type SecureContext, type TLSSocket } from 'node:tls';
import { dialThroughProxy } from './proxy.ts';

const keepAliveMs = 30_000;
/** Node's 250 ms before it tries the next address are too short for slow paths. */
const familyAttemptMs = 1_000;

/** Where to connect, as whom, and whom to trust. */
export interface Endpoint {
  readonly origin: URL;
  /** PEM text of trust anchors beside the usual ones. */
  readonly ca?: string | undefined;
  /** PEM text: certificate chain and key of the client. */
  readonly client?: { readonly cert: string; readonly key: string } | undefined;
  /** HTTP CONNECT proxy; user and password percent-encoded in the URL. */
  readonly proxy?: URL | undefined;
}

export type Dial = (signal: AbortSignal) => Promise<TLSSocket>;

/**
 * A function that opens TLS connections speaking `h2`. Each call looks the name up afresh. It rejects, leaving no socket
 * behind, when the connection fails, the peer does not agree on h2, or the signal aborts. The caller owns the socket.
 */
export function createDial(endpoint: Endpoint): Dial {
  let secureContext: SecureContext | undefined;
  return async (signal) => {
    secureContext ??= buildSecureContext(endpoint);
    const { hostname, port } = endpoint.origin;
    const host = hostname.replace(/^\[|\]$/g, '');
    const options = {
      host,
      port: Number(port || 443),
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ALPNProtocols: ['h2'],
      secureContext,
      autoSelectFamilyAttemptTimeout: familyAttemptMs,
    };
    const socket =
      endpoint.proxy === undefined ? connect(options) : await dialThroughProxy(endpoint.proxy, endpoint.origin, options, signal);
    return handshake(socket, signal);
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

async function handshake(socket: TLSSocket, signal: AbortSignal): Promise<TLSSocket> {
  try {
    socket.setKeepAlive(true, keepAliveMs).setNoDelay(true);
    await once(socket, 'secureConnect', { signal });
    if (socket.alpnProtocol !== 'h2') throw new Error('the peer does not speak HTTP/2 (no h2 in ALPN)');
    return socket;
  } catch (error) {
    // A destroyed socket may still report; whoever waited has been told already.
    socket.on('error', () => undefined).destroy();
    throw error;
  }
}
