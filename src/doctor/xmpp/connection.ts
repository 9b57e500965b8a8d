import { once } from 'node:events';
import { connect, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Config } from '../../config/config.ts';
import { codeOf, messageOf } from '../../base/error-code.ts';
import { isLate, limitSignal } from '../../base/limit.ts';
import type { StepResult } from '../step.ts';

/** What one step of the examination may take. */
const stepLimitMs = 10_000;

type Server = Config['component']['server'];

/** Whether the XMPP server's component port takes connections. */
export async function examineConnection({ host, port }: Server, signal: AbortSignal): Promise<StepResult> {
  const tried = `connect to ${host}:${port}`;
  const limit = limitSignal(signal, stepLimitMs);
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect', { signal: limit });
    return { verdict: 'ok', tried, found: 'connected' };
  } catch (error) {
    return { verdict: 'failed', tried, ...explain(error) };
  } finally {
    // A destroyed socket may still report.
    socket.on('error', () => undefined).destroy();
  }
}

/** Whether the listener speaks TLS with a certificate that is trusted. */
export async function examineTls({ host, port }: Server, ca: string | undefined, signal: AbortSignal): Promise<StepResult> {
  const tried = `TLS with ${host}:${port}`;
  const limit = limitSignal(signal, stepLimitMs);
  const socket = connectTls({ host, port, servername: isIP(host) === 0 ? host : '', ...(ca === undefined ? {} : { ca }) });
  try {
    await once(socket, 'secureConnect', { signal: limit });
    return { verdict: 'ok', tried, found: `${socket.getProtocol() ?? 'TLS'}, the certificate is trusted` };
  } catch (error) {
    return { verdict: 'failed', tried, ...explainTls(error) };
  } finally {
    socket.on('error', () => undefined).destroy();
  }
}

interface Told {
  readonly found: string;
  readonly advice: string;
}

function explain(error: unknown): Told {
  const code = codeOf(error);
  if (isLate(error) || code === 'ETIMEDOUT')
    return {
      found: 'nothing came back: a firewall drops the packets, or nobody is there',
      advice: 'open the port for this machine in the firewall',
    };
  if (code === 'ECONNREFUSED')
    return {
      found: 'refused: nobody listens there',
      advice:
        "start the XMPP server, or correct component.server; the server's component listener may be off or on another address (docs/servers.md)",
    };
  return { found: messageOf(error), advice: 'check the network of this machine and component.server' };
}

function explainTls(error: unknown): Told {
  const code = codeOf(error);
  if (isLate(error)) return { found: 'no TLS came', advice: 'is it a TLS listener? else write component.server without tls://' };
  if (/CERT|UNABLE_TO_|SIGNATURE/.test(code))
    return {
      found: `the certificate is not trusted (${code})`,
      advice: "set component.ca-file to the server's authority, and use the name the certificate is for",
    };
  return {
    found: `what answers speaks no TLS (${code || messageOf(error)})`,
    advice: 'write component.server without tls:// if the listener speaks none',
  };
}
