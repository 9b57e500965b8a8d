import { setTimeout as sleep } from 'node:timers/promises';
import { computeBackoffMs } from '../../base/backoff.ts';
import type { DiskWatch } from './folder/disk-space.ts';
import { findPostmaster } from './process/postmaster.ts';
import { startServer, stopServer, type ServerParts } from './server.ts';

const lookEveryMs = 1_000;
const firstRetryMs = 500;
const retryCapMs = 30_000;

export interface Supervisor {
  /** Resolves once the server has stopped. Called by whoever created the supervisor. */
  close(): Promise<void>;
}

/** Looks after a running server: one that ends by itself is started again, its log is kept small, its disk watched. */
export function createSupervisor(parts: ServerParts, disk: DiskWatch): Supervisor {
  const stop = new AbortController();
  let attempt = 0;
  let nextTryMs = 0;
  let toldReason = '';

  async function watch(): Promise<void> {
    while (await pause(lookEveryMs, stop.signal)) {
      await parts.serverLog.trim().catch(() => undefined); // an administrator removed it
      const wasFull = disk.trouble() !== undefined;
      await disk.look().catch(() => undefined); // the folder is gone, which the server says better
      const hasRoomAgain = wasFull && disk.trouble() === undefined;
      if (findPostmaster(parts.cluster) !== undefined) settle();
      else if (hasRoomAgain || performance.now() >= nextTryMs) await restart();
    }
  }

  function settle(): void {
    attempt = 0;
    nextTryMs = 0;
    toldReason = '';
  }

  async function restart(): Promise<void> {
    if (attempt === 0) parts.log.error('database-ended');
    try {
      await startServer(parts);
    } catch (error) {
      tell(error);
      nextTryMs = performance.now() + computeBackoffMs(attempt++, firstRetryMs, retryCapMs);
    }
  }

  /** The same reason once, however often it is tried. */
  function tell(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    const reason = disk.trouble() === undefined ? message : 'the disk is full';
    if (reason !== toldReason) parts.log.error('database-not-restarted', { reason });
    toldReason = reason;
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
