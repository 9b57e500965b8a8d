import { once } from 'node:events';
import { createServer } from 'node:net';
import { readReadiness, type Serving } from './running.ts';
import { codeOf, messageOf } from '../base/error-code.ts';
import { limitSignal } from '../base/limit.ts';
import type { StepResult } from './step.ts';

/** What one step of the examination may take. */
const stepLimitMs = 10_000;

interface Listen {
  readonly host: string;
  readonly port: number;
}

export interface PortReport {
  readonly result: StepResult;
  /** The Reveille that holds the port with this configuration; undefined where none does. */
  readonly serving: Serving | undefined;
}

/** Whether the port is free, or who has it. Opens it for a moment and accepts nothing. */
export async function examinePort(listen: Listen, providerIds: readonly string[], signal: AbortSignal): Promise<PortReport> {
  const tried = `listen on ${listen.host}:${listen.port}`;
  const code = await tryListen(listen);
  if (code === undefined) return { result: { verdict: 'ok', tried, found: 'the port is free' }, serving: undefined };
  if (code !== 'EADDRINUSE')
    return { result: { verdict: 'failed', tried, ...explainListen(code, listen, 'http.listen') }, serving: undefined };
  return askHolder(listen, providerIds, limitSignal(signal, stepLimitMs));
}

/** The code of what keeps us from listening there; undefined where nothing does. Listens for a moment and accepts nothing. */
async function tryListen({ host, port }: Listen): Promise<string | undefined> {
  const server = createServer((socket) => socket.destroy());
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return undefined;
  } catch (error) {
    return codeOf(error) || messageOf(error);
  } finally {
    server.close();
  }
}

async function askHolder(listen: Listen, providerIds: readonly string[], signal: AbortSignal): Promise<PortReport> {
  const url = `http://${reachable(listen.host)}:${listen.port}/readyz`;
  const tried = `listen on ${listen.host}:${listen.port}, and ask ${url}`;
  const serving = await readReadiness(url, signal);
  if (serving === undefined) {
    const advice = 'stop that program, or give http.listen another port (ss -ltnp shows who has it)';
    return { result: { verdict: 'failed', tried, found: 'another program has the port; it is no Reveille', advice }, serving: undefined };
  }
  if (!isSame(Object.keys(serving.providers), providerIds)) {
    const found = `a Reveille with other providers has the port (${Object.keys(serving.providers).join(', ')})`;
    const advice = 'restart it if it runs with an older state of this configuration; else give http.listen another port';
    return { result: { verdict: 'warning', tried, found, advice }, serving: undefined };
  }
  return { result: { tried, ...describe(serving) }, serving };
}

function describe(serving: Serving): { readonly verdict: 'ok' | 'warning'; readonly found: string; readonly advice?: string } {
  const { component, database, providers } = serving;
  const states = Object.entries(providers).map(([id, state]) => `${id}: ${state}`);
  const found = `Reveille is running; component: ${component}; database: ${database}; ${states.join('; ')}`;
  const isWell = [component, database, ...Object.values(providers)].every((state) => state === 'ok');
  return isWell ? { verdict: 'ok', found } : { verdict: 'warning', found, advice: 'see the steps below for what it complains of' };
}

/** A port that the running Reveille may have already: free or its own is well, with the words for it; anything else is a step that failed. */
export async function examineOwnPort(
  { listen, key, tried }: { readonly listen: Listen; readonly key: string; readonly tried: string },
  serving: Serving | undefined,
): Promise<{ readonly state: string } | { readonly failure: StepResult }> {
  const code = await tryListen(listen);
  if (code === undefined) return { state: 'the port is free' };
  if (code !== 'EADDRINUSE') return { failure: { verdict: 'failed', tried, ...explainListen(code, listen, key) } };
  if (serving !== undefined) return { state: 'Reveille is running, and has the port' };
  const advice = `stop that program, or give ${key} another port (ss -ltnp shows who has it)`;
  return { failure: { verdict: 'failed', tried, found: 'another program has the port', advice } };
}

function explainListen(code: string, { host, port }: Listen, key: string): { readonly found: string; readonly advice: string } {
  if (code === 'EADDRNOTAVAIL')
    return { found: `${host} is no address of this machine`, advice: `correct ${key}; 127.0.0.1 is for this machine alone` };
  if (code === 'EACCES')
    return { found: `this user may not open port ${port}`, advice: `take a port above 1023 in ${key}, and a reverse proxy before it` };
  return { found: code, advice: `correct ${key}` };
}

function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((one) => others.includes(one));
}
