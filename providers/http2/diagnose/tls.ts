import { connect, type ConnectionOptions } from 'node:tls';
import type { Finding } from '../../../src/index.ts';
import { createAddressBook } from '../connect/address-book.ts';
import { buildReach, buildTlsOptions, handshake, NoHttp2 } from '../connect/dial.ts';
import type { Endpoint } from '../endpoint.ts';
import { describeError } from '../exchange.ts';
import { nameOf, readPage, readPresented, type Presented, type Route } from './peer.ts';
import { codeOf } from '../../../src/base/error-code.ts';
import { isLate, limitSignal } from '../../../src/base/limit.ts';

/** What one step of the examination may take. */
const stepLimitMs = 10_000;

type Told = Pick<Finding, 'found'> & { readonly advice: string };

/** The way without a proxy; whoever opens it destroys the socket. */
export function createDirectRoute(endpoint: Endpoint): Route {
  const options = { ...buildTlsOptions(endpoint), ...buildReach(createAddressBook(endpoint.resolve)) };
  const open = (overrides: ConnectionOptions) => Promise.resolve(connect({ ...options, ...overrides }));
  return { target: endpoint.origin.host, through: '', open };
}

/** Whether the endpoint proves who it is and speaks HTTP/2. */
export async function tryTls(route: Route, signal: AbortSignal): Promise<Finding> {
  const tried = `TLS and HTTP/2 with ${route.target} ${route.through}`.trim();
  try {
    const limit = limitSignal(signal, stepLimitMs);
    const socket = await handshake(await route.open({}, limit), limit);
    const found = `${socket.getProtocol() ?? 'TLS'}, HTTP/2, certificate issued by ${nameOf(socket.getPeerCertificate().issuer)}`;
    socket.on('error', () => undefined).destroy();
    return { step: 'TLS', verdict: 'ok', tried, found };
  } catch (error) {
    return { step: 'TLS', verdict: 'failed', tried, ...(await explain(error, route, signal)) };
  }
}

async function explain(error: unknown, route: Route, signal: AbortSignal): Promise<Told> {
  const code = codeOf(error);
  if (error instanceof NoHttp2 || code === 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL')
    return describePage(await readPage(route, limitSignal(signal, stepLimitMs)));
  if (isLate(error))
    return {
      found: 'the connection is open, and no TLS came',
      advice: 'a firewall or proxy holds the connection back: let it pass untouched',
    };
  if (/CERT|UNABLE_TO_|SIGNATURE/.test(code) && !code.includes('ALERT'))
    return describeCertificate(code, await readPresented(route, limitSignal(signal, stepLimitMs)), route);
  if (code === 'ECONNRESET' && route.through === '')
    return {
      found: 'the connection was cut during the TLS handshake',
      advice: 'a firewall or proxy inspects the connection: let it pass untouched',
    };
  const who = route.through === '' ? 'what answers' : 'the proxy answered 200 to CONNECT, but what follows';
  const found = `${who} is no TLS: a login or block page? (${code || describeError(error)})`;
  return { found, advice: `let connections to ${route.target} pass untouched${route.through === '' ? '' : ' at the proxy'}` };
}

function describePage(page: string | undefined): Told {
  const found =
    page === undefined ? 'the peer speaks no HTTP/2' : `the peer speaks no HTTP/2, but says "${page}": a login page or an inspecting proxy`;
  return { found, advice: 'let connections to the push service pass untouched; a proxy between must not read them' };
}

function describeCertificate(code: string, presented: Presented | undefined, { target }: Route): Told {
  const issuer = presented?.issuer ?? 'somebody unknown';
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return {
      found: `the certificate of ${target} is valid from ${presented?.from ?? '?'} to ${presented?.to ?? '?'}, and here it is ${new Date().toISOString()}`,
      advice: 'set the clock of this machine (NTP); if it is right, the certificate of the peer has to be renewed',
    };
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return {
      found: `the certificate is for ${presented?.names ?? 'other names'}, not for ${target}`,
      advice: 'the connection is led astray: check DNS, /etc/hosts and proxies, and endpoint where it was changed',
    };
  return {
    found: `the certificate was issued by ${issuer}, which is not trusted here (${code}): somebody on the way reads the traffic`,
    advice: `let connections to ${target} pass untouched; or, if that proxy is yours and meant, set ca-file to its authority`,
  };
}
