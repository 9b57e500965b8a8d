import { ownText } from '../../base/own-text.ts';
import type { Log } from '../../log/log.ts';
import { createUsedToday } from './used-today.ts';

const flushEveryMs = 60_000;
const nodesPerWrite = 5_000;

/** Which devices were of use: at most one write per device and day, in bulk each minute. */
export interface Touches {
  touch(node: string): void;
  /** Settles when what was noted before is written. Rejects as `write` does; what is not written stays noted. */
  flush(): Promise<void>;
  /** Stops the clock and flushes; a database that is down loses at most the last minute. */
  close(): Promise<void>;
}

export function createTouches(maxNodes: number, write: (nodes: readonly string[]) => Promise<unknown>, log: Log): Touches {
  const today = createUsedToday(maxNodes);
  const pending = new Set<string>();
  const timer = setInterval(() => void flushOrWarn(), flushEveryMs).unref();
  let flushing: Promise<void> = Promise.resolve();

  async function flushAll(): Promise<void> {
    while (pending.size > 0) {
      const nodes = takeFirst(pending, nodesPerWrite);
      await write(nodes);
      for (const node of nodes) pending.delete(node);
    }
  }

  function flush(): Promise<void> {
    flushing = flushing.then(flushAll, flushAll);
    return flushing;
  }

  async function flushOrWarn(): Promise<void> {
    await flush().catch((error: unknown) => log.warn('touch-not-written', { devices: pending.size, error }));
  }

  return {
    touch: (node) => {
      // While the database is down the rest goes unnoted: a use lost for a day costs nothing, unbounded memory would.
      if (today.has(node) || pending.size >= maxNodes) return;
      today.add(node);
      pending.add(ownText(node));
    },
    flush,
    close: async () => {
      clearInterval(timer);
      await flushOrWarn();
    },
  };
}

function takeFirst<T>(items: Iterable<T>, most: number): readonly T[] {
  const first: T[] = [];
  for (const item of items) {
    if (first.length >= most) break;
    first.push(item);
  }
  return first;
}
