import type { Log } from '../log/log.ts';

const usualIntervalMs = 60_000;

/** How many devices each provider or dialect has, as of the last count. Counting reads the whole table: nobody waits for it. */
export interface Census {
  /** The last count; starts another one where that is more than a minute old. */
  read(): ReadonlyMap<string, number>;
  /** Settles when the last count is over; afterwards none begins. */
  close(): Promise<void>;
}

/** Begins with a count, unless it is lazy. What can't be counted stays as it was known. Whoever created it closes it. */
export function createCensus(
  count: () => Promise<ReadonlyMap<string, number>>,
  log: Log,
  clock = () => performance.now(),
  { intervalMs = usualIntervalMs, isLazy = false }: { readonly intervalMs?: number; readonly isLazy?: boolean } = {},
): Census {
  let known: ReadonlyMap<string, number> = new Map();
  let counting: Promise<void> | undefined;
  let dueAt = -Infinity;

  async function run(): Promise<void> {
    try {
      known = await count();
    } catch (error) {
      log.debug('devices-not-counted', { error });
    }
    counting = undefined;
    dueAt = Math.max(dueAt, clock() + intervalMs);
  }

  function read(): ReadonlyMap<string, number> {
    if (counting === undefined && clock() >= dueAt) counting = run();
    return known;
  }

  if (!isLazy) read();
  return {
    read,
    close: async () => {
      dueAt = Infinity;
      await counting;
    },
  };
}
