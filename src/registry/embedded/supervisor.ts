import { setTimeout as sleep } from 'node:timers/promises';
import { computeBackoffMs } from '../backoff.ts';
import { findPostmaster } from './postmaster.ts';
import { startServer, stopServer, type ServerParts } from './server.ts';

const lookEveryMs = 1_000;
const firstRetryMs = 500;
const retryCapMs = 30_000;

export interface Supervisor {
  /** Resolves once the server has stopped. Called by whoever created the supervisor. */
  close(): Promise<void>;
}

/** Looks after a running server: one that ends by itself is started again, its log is kept small. */
export function createSupervisor(parts: ServerParts): Supervisor {
  const stop = new AbortController();
  let attempt = 0;

  async function watch(): Promise<void> {
    while (await pause(lookEveryMs, stop.signal)) {
      await parts.serverLog.trim().catch(() => undefined); // an administrator removed it
      if (findPostmaster(parts.cluster) !== undefined) attempt = 0;
      else await restart();
    }
  }

  async function restart(): Promise<void> {
    parts.log.error('database-ended');
    try {
      await startServer(parts);
    } catch (error) {
      parts.log.error('database-not-restarted', { error });
      await pause(computeBackoffMs(attempt++, firstRetryMs, retryCapMs), stop.signal);
    }
  }

  const watching = watch();
  return {
    close: async () => {
      stop.abort();
      await watching;
      await stopServer(parts);
    },
  };
}

/** False when aborted meanwhile. */
async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(ms, undefined, { signal, ref: false });
    return true;
  } catch {
    return false;
  }
}
