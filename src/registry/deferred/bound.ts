import type { Log } from '../../log/log.ts';
import type { Database } from '../postgres/database.ts';
import { countDeferred, removeSurplus } from './table.ts';

/** A provider's rows are counted again after as many puts as this part of the bound, or of the room that was left. */
const boundParts = 100;
const roomParts = 8;
/** One statement has seconds to end. */
const rowsPerStatement = 10_000;

/** Keeps the waiting pushes of each provider near a bound, by counting rarely. */
export interface DeferredBound {
  /** So many were put; where that fills the room, those that expire first are removed in the background. */
  added(provider: string, rows: number): void;
  /** Settles when no removal is under way; removals never reject. */
  close(): Promise<void>;
}

interface Fill {
  /** Puts until it is counted again; the other instances put as well, hence only a part of the room. */
  room: number;
  counting: Promise<void> | undefined;
}

/** Counts and trims in the background, a provider at a time; its owner closes it. */
export function createDeferredBound(database: Database, maxRows: number, log: Log): DeferredBound {
  const fills = new Map<string, Fill>();
  const portion = Math.floor(maxRows / boundParts);

  async function trim(provider: string, fill: Fill): Promise<void> {
    while (fill.room < 0) {
      // What is put from here on may be missing in the count.
      fill.room = 0;
      const count = await readCount(database, countDeferred, [provider], 'waiting');
      // A portion more than needed, so that not every put finds it full.
      if (count > maxRows) await remove(provider, count - maxRows + portion);
      fill.room += Math.max(portion, Math.floor((maxRows - count) / roomParts), 0);
    }
  }

  async function remove(provider: string, surplus: number): Promise<void> {
    let left = surplus;
    let removed = left;
    while (left > 0 && removed > 0) {
      removed = await readCount(database, removeSurplus, [provider, Math.min(left, rowsPerStatement)], 'removed');
      left -= removed;
    }
    log.warn('deferred-full', { provider, removed: surplus - left, bound: maxRows });
  }

  return {
    added(provider, rows) {
      const fill = fills.get(provider) ?? { room: 0, counting: undefined };
      fills.set(provider, fill);
      fill.room -= rows;
      if (fill.room >= 0 || fill.counting !== undefined) return;
      fill.counting = trim(provider, fill)
        .catch((error: unknown) => log.warn('deferred-not-counted', { provider, error }))
        .finally(() => (fill.counting = undefined));
    },
    close: async () => {
      await Promise.all([...fills.values()].flatMap(({ counting }) => counting ?? []));
    },
  };
}

async function readCount(database: Database, statement: typeof countDeferred, values: readonly unknown[], column: string): Promise<number> {
  const [row] = await database.query(statement, values);
  return Number(row?.[column]);
}
