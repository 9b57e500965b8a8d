import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../log/log.ts';
import { computeBackoffMs } from '../base/backoff.ts';
import { openRegistry, type OpenRegistry, type OpenRegistryOptions } from '../registry/open.ts';
import { DatabaseUnavailable } from '../registry/registry.ts';
import { DatabaseRefusals } from './database-refusals.ts';

const firstRetryMs = 250;
const retryCapMs = 5_000;

export interface Awaiting {
  readonly signal: AbortSignal;
  /** Hears of each attempt that failed. */
  readonly onAway: () => void;
}

/**
 * Opens the registry as soon as its database can be had: tries again while it is away. Rejects where no waiting heals, as at
 * any failure of the embedded database, which is ours to start; and with `DatabaseUnavailable` once `signal` aborts.
 */
export async function awaitDatabase(options: OpenRegistryOptions, log: Log, { signal, onAway }: Awaiting): Promise<OpenRegistry> {
  const refusals = new DatabaseRefusals(log);
  for (let attempt = 0; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      const registry = await openRegistry(options, log);
      refusals.end();
      return registry;
    } catch (error) {
      if (options.url === undefined || !(error instanceof DatabaseUnavailable)) throw error;
      refusals.note(error);
      onAway();
    }
    await sleep(computeBackoffMs(attempt, firstRetryMs, retryCapMs), undefined, { signal }).catch(() => undefined);
  }
}
