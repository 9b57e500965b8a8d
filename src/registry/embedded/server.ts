import { spawn } from 'node:child_process';
import type { Log } from '../../log/log.ts';
import type { Binaries } from './process/binaries.ts';
import { findPostmaster, markPidFile, removeStalePidFile, waitUntil, type Postmaster } from './process/postmaster.ts';
import { identifyProcess } from './process/identity.ts';
import { programEnvironment } from './process/run-program.ts';
import type { ServerLog } from './server-log.ts';
import type { ServerUser } from './process/run-program.ts';
import { buildSettings } from './settings.ts';
import { signalProcess, stopAtExit } from './process/stop-at-exit.ts';

/** After a crash the server first replays its log. */
const startLimitMs = 180_000;
const stopLimitMs = 30_000;

/** All that is needed to start the server again. */
export interface ServerParts {
  readonly cluster: string;
  readonly socketFolder: string;
  readonly binaries: Binaries;
  readonly user: ServerUser | undefined;
  readonly serverLog: ServerLog;
  readonly log: Log;
}

/** Resolves once the server takes connections: the one left running by a Reveille that was killed, or a new one. */
export async function startServer(parts: ServerParts): Promise<Postmaster> {
  const left = await adoptServer(parts);
  if (left !== undefined) return left;
  removeStalePidFile(parts.cluster);
  await parts.serverLog.trim().catch(() => undefined); // there is none yet
  const startedMs = performance.now();
  const server = await spawnServer(parts);
  parts.log.info('database-started', { pid: server.pid, ms: Math.round(performance.now() - startedMs) });
  return server;
}

/** Fast shutdown: clients are disconnected, all is written. Resolves once the process is gone. */
export async function stopServer({ cluster, log }: ServerParts): Promise<void> {
  const server = findPostmaster(cluster);
  if (server === undefined) return;
  const isGone = (): boolean => findPostmaster(cluster)?.pid !== server.pid && identifyProcess(server.pid) === undefined;
  signalProcess(server.pid, 'SIGINT');
  if (await waitUntil(isGone, stopLimitMs)) {
    log.info('database-stopped', { pid: server.pid });
    return;
  }
  // An immediate shutdown loses nothing that was committed.
  log.warn('database-stop-forced', { pid: server.pid });
  signalProcess(server.pid, 'SIGQUIT');
  if (!(await waitUntil(isGone, stopLimitMs))) throw new Error(`the embedded PostgreSQL (pid ${server.pid}) does not stop`);
}

async function adoptServer({ cluster, log }: ServerParts): Promise<Postmaster | undefined> {
  const left = findPostmaster(cluster);
  if (left === undefined) return undefined;
  // It may just as well be on its way down.
  const isDecided = (): boolean => findPostmaster(cluster)?.isReady ?? true;
  if (!(await waitUntil(isDecided, startLimitMs))) throw new Error(`the PostgreSQL left running (pid ${left.pid}) is not ready`);
  const ready = findPostmaster(cluster);
  if (ready !== undefined) log.info('database-adopted', { pid: ready.pid });
  return ready;
}

async function spawnServer({ cluster, socketFolder, binaries, user, serverLog }: ServerParts): Promise<Postmaster> {
  const saidBytes = await serverLog.measure();
  const left = markPidFile(cluster);
  await using output = await serverLog.open();
  const child = spawn(binaries.postgres, ['-D', cluster, ...buildSettings(socketFolder)], {
    // A process group of its own: Ctrl-C in a terminal must not take the database from under our drain.
    detached: true,
    stdio: ['ignore', output.fd, output.fd],
    cwd: '/',
    env: programEnvironment,
    ...(user && { uid: user.uid, gid: user.gid }),
  });
  child.unref();
  // Until it has its file.
  const forget = stopAtExit(() => child.pid, 'SIGINT');
  let failure: string | undefined;
  child.on('error', (error) => (failure = error.message));
  child.on('exit', (code, signal) => (failure = `it ended with ${signal ?? code}`));
  const isReady = (): boolean => markPidFile(cluster) !== left && findPostmaster(cluster)?.isReady === true;
  await waitUntil(() => failure !== undefined || isReady(), startLimitMs);
  forget();
  const server = findPostmaster(cluster);
  if (server?.isReady === true) return server;
  child.kill('SIGQUIT');
  const reason = (await serverLog.readReason(saidBytes)) || (failure ?? 'not in time');
  throw new Error(
    `the embedded PostgreSQL in ${cluster} does not start: ${reason}; postgres.log beside it may say more. ` +
      'If it is damaged, move it away and restore a backup (docs/database.md, "Damage")',
  );
}
