import type { TLSSocket } from 'node:tls';
import type { Finding } from '../../../src/index.ts';
import { describeConnectTrouble, describeNameTrouble } from './connection.ts';
import type { Route } from './peer.ts';
import { tryTls } from './tls.ts';
import { buildTlsOptions } from '../connect/dial.ts';
import type { Endpoint } from '../endpoint.ts';
import { describeError } from '../exchange.ts';
import { createProxy, statusOfRefusal } from '../proxy/proxy.ts';
import { codeOf } from '../../../src/base/error-code.ts';
import { isLate, limitSignal } from '../../../src/base/limit.ts';

/** What one step of the examination may take. */
const stepLimitMs = 10_000;

/** Every proxy, and TLS through it. One that fails beside one that works is only worth a warning. */
export async function tryProxies(endpoint: Endpoint, signal: AbortSignal): Promise<readonly Finding[]> {
  const proxies = endpoint.proxies ?? [];
  const tries = await Promise.all(proxies.map((url) => tryProxy(url, endpoint, signal)));
  const hasWay = tries.some((findings) => findings.every(({ verdict }) => verdict === 'ok'));
  const soften = (finding: Finding): Finding => (hasWay && finding.verdict === 'failed' ? { ...finding, verdict: 'warning' } : finding);
  return tries.flat().map(soften);
}

async function tryProxy(url: URL, endpoint: Endpoint, signal: AbortSignal): Promise<readonly Finding[]> {
  const tried = `ask the proxy ${url.host} for a tunnel to ${endpoint.origin.host}`;
  const route = createProxyRoute(url, endpoint);
  try {
    const socket = await route.open({}, limitSignal(signal, stepLimitMs));
    socket.on('error', () => undefined).destroy();
    const found = 'it answered 200 to CONNECT';
    return [{ step: 'proxy', verdict: 'ok', tried, found }, await tryTls(route, signal)];
  } catch (error) {
    return [{ step: 'proxy', verdict: 'failed', tried, ...describeProxyTrouble(url, error) }];
  }
}

function createProxyRoute(url: URL, endpoint: Endpoint): Route {
  const proxy = createProxy(url, endpoint.ca);
  const options = buildTlsOptions(endpoint);
  return {
    target: endpoint.origin.host,
    through: `through the proxy ${proxy.name}`,
    open: (overrides, signal): Promise<TLSSocket> => proxy.open(endpoint.origin, { ...options, ...overrides }, signal),
  };
}

function describeProxyTrouble(url: URL, error: unknown): { readonly found: string; readonly advice: string } {
  const status = statusOfRefusal(error);
  if (status === 407) return describeAuthenticationTrouble(url);
  if (status !== undefined)
    return { found: `it refused the tunnel with status ${status}`, advice: 'let the proxy permit CONNECT to this host and port' };
  const code = codeOf(error);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return prefix('its name: ', describeNameTrouble(url.hostname, error));
  if (isLate(error)) return { found: 'no answer in time', advice: 'check host and port of the proxy, and the firewall before it' };
  if (/^E[A-Z]+$/.test(code) && code !== 'EPROTO')
    return { found: describeConnectTrouble(error).found, advice: 'check host and port of the proxy, and whether it runs' };
  return { found: `it ${describeError(error)}`, advice: 'check that an HTTP proxy listens there, and that http:// or https:// is right' };
}

function describeAuthenticationTrouble({ username, password }: URL): { readonly found: string; readonly advice: string } {
  return username === '' && password === ''
    ? { found: 'it wants a user and a password (407)', advice: 'write them into proxy, percent-encoded: http://user:password@host:port' }
    : {
        found: 'it refuses the user or the password (407)',
        advice: 'correct user and password in proxy; special characters are percent-encoded',
      };
}

function prefix<T extends { readonly found: string }>(text: string, trouble: T): T {
  return { ...trouble, found: text + trouble.found };
}
