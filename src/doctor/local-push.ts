import { readFileSync } from 'node:fs';
import type { Config } from '../config/config.ts';
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
