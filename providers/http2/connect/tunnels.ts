import { limitSignal, untilAborted } from '../../../src/base/limit.ts';
import { isIP } from 'node:net';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import type { Endpoint } from '../endpoint.ts';
import { describeError } from '../exchange.ts';
import { createProxy, type Proxy } from '../proxy/proxy.ts';

/** How long a proxy may take while there is another one. */
const turnMs = 2_000;

/** The proxies of an endpoint. */
export interface Tunnels {
  /**
   * Tries the proxies in turn, the one that worked last first, and resolves with what `handshake` makes of the first
   * tunnel. Rejects with what each of them did wrong.
   */
  open(options: ConnectionOptions, signal: AbortSignal, handshake: (socket: TLSSocket) => Promise<TLSSocket>): Promise<TLSSocket>;
}

/** Undefined where the endpoint is reached directly. */
export function createTunnels(endpoint: Endpoint): Tunnels | undefined {
  const { proxies = [], origin, ca } = endpoint;
  if (proxies.length === 0) return undefined;
  let inTurn = proxies.map((url) => createProxy(url, ca));
  return {
    async open(options, signal, handshake) {
      const failures: string[] = [];
      const target = await untilAborted(locate(endpoint), signal);
      for (const proxy of inTurn) {
        const isLast = proxy === inTurn.at(-1);
        try {
          const socket = await handshakeThrough(proxy, { origin, target }, options, isLast ? signal : withTurn(signal), handshake);
          inTurn = [proxy, ...inTurn.filter((other) => other !== proxy)];
          return socket;
        } catch (error) {
          failures.push(`proxy ${proxy.name}: ${describeFailure(error)}`);
        }
        if (signal.aborted) break;
      }
      throw new Error(failures.join('; '));
    },
  };
}

interface Way {
  readonly origin: URL;
  /** What the proxy is asked for. */
  readonly target: URL;
}

/** The origin itself, or its address where no proxy shall resolve the name. */
async function locate({ origin, resolve, resolvesForProxies = false }: Endpoint): Promise<URL> {
  const host = origin.hostname.replace(/^\[|\]$/g, '');
  if (!resolvesForProxies || resolve === undefined || isIP(host) !== 0) return origin;
  const [address] = await resolve(host);
  if (address === undefined) throw new Error('its name has no address');
  const target = new URL(origin);
  target.hostname = address.family === 6 ? `[${address.address}]` : address.address;
  return target;
}

async function handshakeThrough(
  proxy: Proxy,
  { origin, target }: Way,
  options: ConnectionOptions,
  signal: AbortSignal,
  handshake: (socket: TLSSocket) => Promise<TLSSocket>,
): Promise<TLSSocket> {
  const socket = await proxy.open(target, { ...options }, signal);
  try {
    return await handshake(socket);
  } catch (error) {
    throw new Error(`${explain(error)} ${origin.host} (${describeError(error)})`, { cause: error });
  }
}

/** The proxy has opened the tunnel, it says, and TLS fails in it. */
function explain(error: unknown): string {
  return isAboutCertificate(error)
    ? 'reads the encrypted traffic itself, or is led astray: it shows a certificate that is not trusted for'
    : 'answered 200 to CONNECT, but then came no TLS (a login or block page?) instead of';
}

function isAboutCertificate(error: unknown): boolean {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return typeof code === 'string' && /CERT|UNABLE_TO_|SIGNATURE/.test(code);
}

function withTurn(signal: AbortSignal): AbortSignal {
  return limitSignal(signal, turnMs);
}

function describeFailure(error: unknown): string {
  const isLate = error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError');
  return isLate ? 'no answer in time' : describeError(error);
}
