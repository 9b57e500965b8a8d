// Room: the last minutes, hours and the last day, in memory that never grows. In: counts once a second. Out: charts. May enter: admin.
import { quantileOf, Ring } from './ring.ts';
import type { Snapshot } from './snapshot.ts';

/** What a chart may show; `from` is the first of its steps. */
export const ranges = {
  '5m': { size: 300, stepSeconds: 1 },
  '1h': { size: 360, stepSeconds: 10 },
  '1d': { size: 288, stepSeconds: 300 },
} as const;

export type Range = keyof typeof ranges;

const counters = ['publishes', 'results', 'refusals', 'accepted', 'gone', 'retried', 'rejected', 'deadTokens'] as const;
const columns = [...counters, 'answerP50', 'answerP99', 'waiting'] as const;

type Column = (typeof columns)[number];

/** One value of each column; null where nothing is known. */
export type Point = Readonly<Record<Column, number | null>> & { readonly at: number };

export interface Chart {
  readonly range: Range;
  /** Seconds. */
  readonly step: number;
  /** Seconds since 1970. */
  readonly from: number;
  readonly series: Readonly<Record<Column, readonly (number | null)[]>>;
}

/** Fed once a second with counts that only grow; keeps what was between. */
export class History {
  #rings: ReadonlyMap<Range, Ring> = new Map();
  #before: Snapshot | undefined;

  /** The point of the time since the last call; undefined at the first. */
  add(epochSeconds: number, snapshot: Snapshot): Point | undefined {
    const before = this.#before;
    this.#before = snapshot;
    if (before === undefined) {
      this.#rings = createRings(snapshot.totals.answerBounds);
      return undefined;
    }
    const counts = countsBetween(before, snapshot);
    const buckets = bucketsBetween(before, snapshot);
    for (const ring of this.#rings.values()) ring.add(epochSeconds, { counts, buckets, level: snapshot.waiting });
    const { answerBounds } = snapshot.totals;
    const quantiles = [0.5, 0.99].map((part) => quantileOf(part, buckets, answerBounds)).map((ms) => (Number.isNaN(ms) ? null : ms));
    return { at: Math.floor(epochSeconds), ...zip([...counts, ...quantiles, snapshot.waiting]) };
  }

  read(range: Range, nowSeconds: number): Chart {
    const { stepSeconds: step } = ranges[range];
    const ring = this.#rings.get(range) ?? createRing(range, []);
    const { from, columns: values } = ring.read(nowSeconds);
    return { range, step, from, series: zip(values) };
  }
}

function createRings(bounds: readonly number[]): ReadonlyMap<Range, Ring> {
  return new Map((Object.keys(ranges) as Range[]).map((range) => [range, createRing(range, bounds)]));
}

function createRing(range: Range, bounds: readonly number[]): Ring {
  return new Ring({ ...ranges[range], counters: counters.length, bounds });
}

function countsBetween({ totals: old }: Snapshot, { totals: now }: Snapshot): readonly number[] {
  const publishes = now.publishes - old.publishes;
  const results = now.results - old.results;
  const others = (['accepted', 'gone', 'retried', 'rejected', 'deadTokens'] as const).map((name) => now[name] - old[name]);
  return [publishes, results, publishes - results, ...others];
}

/** Those of a histogram are cumulative. */
function bucketsBetween({ totals: old }: Snapshot, { totals: now }: Snapshot): readonly number[] {
  const grown = now.answersWithin.map((count, index) => count - (old.answersWithin[index] ?? 0));
  return grown.map((count, index) => count - (grown[index - 1] ?? 0));
}

function zip<T>(values: readonly T[]): Readonly<Record<Column, T>> {
  return Object.fromEntries(columns.map((column, index) => [column, values[index]])) as Record<Column, T>;
}
