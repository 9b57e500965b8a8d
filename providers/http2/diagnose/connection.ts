import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { connect, isIP } from 'node:net';
import type { Finding } from '../../../src/index.ts';
import { createAddressBook } from '../connect/address-book.ts';
import { buildReach } from '../connect/dial.ts';
import type { Endpoint } from '../endpoint.ts';
import { describeError } from '../exchange.ts';
import { codeOf } from '../../../src/base/error-code.ts';
import { isLate, limitSignal, untilAborted } from '../../../src/base/limit.ts';

/** What one step of the examination may take. */
const stepLimitMs = 10_000;

interface Trouble {
  readonly found: string;
  readonly advice: string;
}

const firewallAdvice = 'let this machine connect to that port through the firewall, or set proxy where connections must go through one';

/** Whether the endpoint's name has an address. */
export async function tryName(endpoint: Endpoint, signal: AbortSignal): Promise<Finding> {
  const host = hostOf(endpoint.origin);
  const tried = `resolve ${host}`;
  if (isIP(host) !== 0) return { step: 'DNS', verdict: 'ok', tried, found: 'an address needs no name' };
  const resolve = endpoint.resolve ?? ((name: string) => lookup(name, { all: true }));
  try {
    const addresses = await untilAborted(resolve(host), limitSignal(signal, stepLimitMs));
    return { step: 'DNS', verdict: 'ok', tried, found: addresses.map(({ address }) => address).join(', ') };
  } catch (error) {
    return { step: 'DNS', verdict: 'failed', tried, ...describeNameTrouble(host, error) };
  }
}

/** Whether the endpoint's port takes TCP connections. */
export async function tryConnection(endpoint: Endpoint, signal: AbortSignal): Promise<Finding> {
  const { origin } = endpoint;
  const port = Number(origin.port || 443);
  const tried = `connect to ${hostOf(origin)}:${port}`;
  const limit = limitSignal(signal, stepLimitMs);
  const socket = connect({ host: hostOf(origin), port, ...buildReach(createAddressBook(endpoint.resolve)) });
  try {
    await once(socket, 'connect', { signal: limit });
    return { step: 'connection', verdict: 'ok', tried, found: `connected to ${socket.remoteAddress ?? 'it'}` };
  } catch (error) {
    return { step: 'connection', verdict: 'failed', tried, ...describeConnectTrouble(error) };
  } finally {
    // A destroyed socket may still report.
    socket.on('error', () => undefined).destroy();
  }
}

/** Why a name could not be resolved, and what to do. */
export function describeNameTrouble(host: string, error: unknown): Trouble {
  const code = codeOf(error);
  if (code === 'ENOTFOUND' || code === 'ENODATA')
    return {
      found: `no such name (${code})`,
      advice: `correct ${host} where it is mistyped, else the name server of this machine does not know it`,
    };
  const found = isLate(error) ? 'the name server does not answer' : `the name could not be resolved (${code || describeError(error)})`;
  return { found, advice: 'check the name servers of this machine (/etc/resolv.conf) and whether they can be reached' };
}

/** Why there is no TCP connection, and what to do. */
export function describeConnectTrouble(error: unknown): Trouble {
  const code = codeOf(error);
  if (isLate(error) || code === 'ETIMEDOUT')
    return { found: 'nothing came back: a firewall drops the packets, or nobody is there', advice: firewallAdvice };
  if (code === 'ECONNREFUSED')
    return { found: 'refused: nobody listens there, or a firewall refuses', advice: `check host and port; ${firewallAdvice}` };
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH')
    return { found: `no route to it (${code})`, advice: 'check the network of this machine: default route, IPv6 without a way out' };
  if (code === 'ECONNRESET') return { found: 'reset: something on the way ends the connection', advice: firewallAdvice };
  return { found: describeError(error), advice: firewallAdvice };
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}
