import { Client, escapeIdentifier, type ClientConfig } from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../log/log.ts';
import { computeBackoffMs } from '../../base/backoff.ts';
import { translateDatabaseError } from './database-error.ts';
import type { ListenHandlers } from './database.ts';
import { withLimit } from '../../base/limit.ts';

const firstRetryMs = 200;
const retryCapMs = 15_000;
/** How soon a connection that died without a word is noticed. */
const probeEveryMs = 20_000;
const closeLimitMs = 2_000;

export interface Listener {
  /** Settles at the first success, rejects at a first failure. */
  readonly ready: Promise<void>;
  close(): Promise<void>;
}

/** Keeps one connection in LISTEN until closed by whoever created it. */
export function createListener(connection: ClientConfig, channel: string, handlers: ListenHandlers, log: Log): Listener {
  const stop = new AbortController();
  const ready = Promise.withResolvers<undefined>();
  const isClosed = (): boolean => stop.signal.aborted;
  let attempt = 0;
  const heard: ListenHandlers = {
    onPayload: (payload) => handlers.onPayload(payload),
    onReset: () => {
      attempt = 0;
      handlers.onReset();
      ready.resolve(undefined);
    },
  };

  async function run(): Promise<void> {
    while (!isClosed()) {
      const error = await listenOnce(connection, channel, heard, stop.signal);
      if (isClosed()) return;
      ready.reject(error);
      log.warn('database-listener-lost', { reason: error.message });
      await sleep(computeBackoffMs(attempt++, firstRetryMs, retryCapMs), undefined, { signal: stop.signal }).catch(() => undefined);
    }
  }

  const loop = run();
  return {
    ready: ready.promise,
    close: async () => {
      stop.abort();
      ready.reject(new Error('closed'));
      await loop;
    },
  };
}

/** Listens until the connection ends, and settles with the reason. */
async function listenOnce(connection: ClientConfig, channel: string, handlers: ListenHandlers, signal: AbortSignal): Promise<Error> {
  const ended = Promise.withResolvers<Error>();
  const session = new AbortController();
  let client: Client | undefined;
  try {
    // Throws where a certificate that the url names has vanished.
    client = new Client(connection);
    client.on('error', (error) => ended.resolve(error));
    client.on('end', () => ended.resolve(new Error('the connection ended')));
    client.on('notification', ({ payload }) => handlers.onPayload(payload ?? ''));
    await client.connect();
    await client.query(`LISTEN ${escapeIdentifier(channel)}`);
    handlers.onReset();
    return await Promise.race([ended.promise, probe(client, AbortSignal.any([signal, session.signal]))]);
  } catch (error) {
    return toError(translateDatabaseError(error));
  } finally {
    session.abort();
    // A connection that can't say goodbye in time is destroyed together with the pool's sockets.
    if (client !== undefined) await withLimit(client.end(), closeLimitMs).catch(() => undefined);
  }
}

/** Asks again and again; settles with the first failure. */
async function probe(client: Client, signal: AbortSignal): Promise<Error> {
  try {
    for (;;) {
      await sleep(probeEveryMs, undefined, { signal });
      await client.query('SELECT 1');
    }
  } catch (error) {
    return toError(error);
  }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
