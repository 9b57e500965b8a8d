import { readFileSync } from 'node:fs';
import { loadServerCertificate, warnBeforeMs } from '../http/tls/server-certificate.ts';
import type { OwnListener } from '../config/sections/local-push.ts';
import type { Config } from '../config/config.ts';
import { examineOwnPort } from './http-port.ts';
import type { Serving } from './running.ts';
import type { StepResult } from './step.ts';

/** What the program needs for everything else: the database, push services, requests. */
const otherFiles = 1_500;

/** Says who may connect, and whether the system lets as many connect as may. `readOpenFiles` is undefined where nobody knows. */
export function examineLocalPush({ localPush }: Pick<Config, 'localPush'>, readOpenFiles = readLimit): StepResult {
  const tried = 'look who may hold a connection to Reveille, and how many';
  if (localPush === undefined) return { verdict: 'ok', tried, found: 'off' };
  const { providers, maxConnections } = localPush;
  const found = `devices of ${providers.join(', ')}; ${maxConnections} connections at most`;
  const openFiles = readOpenFiles();
  if (openFiles === undefined || openFiles >= maxConnections + otherFiles) return { verdict: 'ok', tried, found };
  return {
    verdict: 'warning',
    tried,
    found: `${found}, but this process may have no more than ${openFiles} open files`,
    advice: `raise the limit of open files to ${maxConnections + otherFiles} or more where Reveille is started (systemd: LimitNOFILE=, a shell: ulimit -n), or lower max-connections in [local-push]`,
  };
}

/** Whether the port for devices can be opened or is, and its certificate. `serving` is the Reveille that runs with this configuration. */
export async function examineDevicePort({ listen, certificate }: OwnListener, serving: Serving | undefined): Promise<StepResult> {
  const tried = `listen on ${listen.host}:${listen.port}${certificate === undefined ? '' : ' with TLS'}`;
  const port = await examineOwnPort({ listen, key: 'local-push.listen', tried }, serving);
  if ('failure' in port) return port.failure;
  const { state } = port;
  if (certificate === undefined) return { verdict: 'ok', tried, found: `${state}; without TLS, so a reverse proxy belongs before it` };
  return examineCertificate(certificate, tried, state);
}

function examineCertificate(files: NonNullable<OwnListener['certificate']>, tried: string, state: string): StepResult {
  try {
    const { endsAt, names } = loadServerCertificate(files);
    const found = `${state}; the certificate (${names === '' ? 'without names' : names}) ends on ${endsAt.toISOString().slice(0, 10)}`;
    const leftMs = endsAt.getTime() - Date.now();
    if (leftMs > warnBeforeMs) return { verdict: 'ok', tried, found };
    return { verdict: leftMs > 0 ? 'warning' : 'failed', tried, found, advice: 'renew it: the new file is used within a minute' };
  } catch (error) {
    return {
      verdict: 'failed',
      tried,
      found: `local-push.${(error as Error).message}`,
      advice: 'correct the files that cert-file and key-file name',
    };
  }
}

/** Of this process; that of the service may be another. */
function readLimit(): number | undefined {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    // No Linux.
    return undefined;
  }
}
