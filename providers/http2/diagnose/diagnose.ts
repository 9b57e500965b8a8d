// Room: what doctor finds on the way to an endpoint. In: an endpoint. Out: steps. May enter: providers.
import type { Finding } from '../../../src/index.ts';
import { tryConnection, tryName } from './connection.ts';
import { tryProxies } from './proxy.ts';
import { createDirectRoute, tryTls } from './tls.ts';
import type { Endpoint } from '../endpoint.ts';

export interface WayReport {
  /** In the order they were tried, up to the first that failed. */
  readonly findings: readonly Finding[];
  /** Whether HTTP/2 can be spoken with the endpoint. */
  readonly isOpen: boolean;
}

/**
 * Tries the way to an endpoint step by step: name, connection or proxies, TLS, HTTP/2. Never rejects; every step has ten
 * seconds, and all of them end soon after `signal` aborts. Leaves no socket behind.
 */
export async function diagnoseWay(endpoint: Endpoint, signal: AbortSignal): Promise<WayReport> {
  if ((endpoint.proxies ?? []).length > 0) return summarise(await tryProxies(endpoint, signal));
  const steps = [tryName, tryConnection, () => tryTls(createDirectRoute(endpoint), signal)];
  const findings: Finding[] = [];
  for (const step of steps) {
    const finding = await step(endpoint, signal);
    findings.push(finding);
    if (finding.verdict === 'failed') break;
  }
  return summarise(findings);
}

function summarise(findings: readonly Finding[]): WayReport {
  return { findings, isOpen: findings.every(({ verdict }) => verdict !== 'failed') };
}
