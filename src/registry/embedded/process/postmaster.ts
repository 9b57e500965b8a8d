import { readFileSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identifyProcess } from './identity.ts';

const pollMs = 20;

/** The server process as its own file postmaster.pid describes it. */
export interface Postmaster {
  readonly pid: number;
  readonly socketFolder: string;
  readonly isReady: boolean;
}

/** Undefined where no server runs on the cluster. */
export function findPostmaster(cluster: string): Postmaster | undefined {
  const found = readPidFile(cluster);
  return found !== undefined && isServerOf(found.pid, cluster) ? found : undefined;
}

/**
 * Removes a postmaster.pid whose number now belongs to some other program or to the server of another cluster: PostgreSQL
 * would refuse to start. The caller holds the folder, so no server is being started meanwhile.
 */
export function removeStalePidFile(cluster: string): void {
  const found = readPidFile(cluster);
  if (found === undefined) return;
  const command = readCommand(found.pid) ?? [];
  const [program] = command;
  const isOther = program !== undefined && (basename(program) !== 'postgres' || isServerElsewhere(command, cluster));
  if (isOther) rmSync(join(cluster, 'postmaster.pid'));
}

/**
 * Tells the file that a server writes from one that another left, even where both have the same number, as in containers, where
 * numbers begin anew. Empty where there is none.
 */
export function markPidFile(cluster: string): string {
  const found = statSync(join(cluster, 'postmaster.pid'), { bigint: true, throwIfNoEntry: false });
  return found === undefined ? '' : `${found.ino} ${found.ctimeNs}`;
}

/** Waits until `condition` holds; false when it does not within the limit. */
export async function waitUntil(condition: () => boolean, limitMs: number): Promise<boolean> {
  const endMs = performance.now() + limitMs;
  while (!condition()) {
    if (performance.now() > endMs) return false;
    await sleep(pollMs);
  }
  return true;
}

/** https://www.postgresql.org/docs/current/storage-file-layout.html: lines 1, 5 and 8 of the file are what we need. */
function readPidFile(cluster: string): Postmaster | undefined {
  const lines = readLines(join(cluster, 'postmaster.pid'));
  const pid = Number(lines?.[0]);
  if (lines === undefined || !Number.isSafeInteger(pid) || pid <= 0) return undefined;
  return { pid, socketFolder: lines[4] ?? '', isReady: lines[7]?.trim() === 'ready' };
}

function isServerOf(pid: number, cluster: string): boolean {
  if (identifyProcess(pid) === undefined) return false;
  const command = readCommand(pid);
  // Without /proc the number has to do.
  return command === undefined || command[command.indexOf('-D') + 1] === cluster;
}

function isServerElsewhere(command: readonly string[], cluster: string): boolean {
  const folder = command[command.indexOf('-D') + 1];
  return command.includes('-D') && folder !== cluster;
}

function readCommand(pid: number): string[] | undefined {
  return readText(`/proc/${pid}/cmdline`)?.split('\0');
}

function readLines(path: string): string[] | undefined {
  return readText(path)?.split('\n');
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // no server, or it ended this moment
  }
}
