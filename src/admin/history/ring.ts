/** What happened since the last moment, to be added up over a step of a chart. */
export interface Increment {
  /** In the order of the ring's counters. */
  readonly counts: readonly number[];
  /** Answers by how long they took: how many fell into each bucket. */
  readonly buckets: readonly number[];
  /** What is so at this moment and is not added up. */
  readonly level: number;
}

export interface RingShape {
  /** Steps that are kept. */
  readonly size: number;
  readonly stepSeconds: number;
  readonly counters: number;
  /** Upper bounds of the buckets in seconds, the last Infinity. */
  readonly bounds: readonly number[];
}

const unknown = Number.NaN;

/** The last steps of a chart, in memory that never grows. Steps that nobody saw are unknown. */
export class Ring {
  readonly #shape: RingShape;
  readonly #counts: readonly Float64Array[];
  readonly #quantiles: readonly [p50: Float64Array, p99: Float64Array];
  readonly #levels: Float64Array;
  readonly #openCounts: Float64Array;
  readonly #openBuckets: Float64Array;
  #openLevel = 0;
  /** The step that is being added up, counted from 1970; undefined before the first increment. */
  #open: number | undefined;

  constructor(shape: RingShape) {
    const { size, counters, bounds } = shape;
    const create = () => new Float64Array(size).fill(unknown);
    this.#shape = shape;
    this.#counts = Array.from({ length: counters }, create);
    this.#quantiles = [create(), create()];
    this.#levels = create();
    this.#openCounts = new Float64Array(counters);
    this.#openBuckets = new Float64Array(bounds.length);
  }

  add(epochSeconds: number, { counts, buckets, level }: Increment): void {
    const step = Math.floor(epochSeconds / this.#shape.stepSeconds);
    // A clock that was set back: what it says again belongs to no step of before.
    if (this.#open !== undefined && step < this.#open) this.#forget();
    if (this.#open !== undefined && step > this.#open) this.#close(step);
    this.#open ??= step;
    for (const [index, count] of counts.entries()) this.#openCounts[index] = (this.#openCounts[index] ?? 0) + count;
    for (const [index, count] of buckets.entries()) this.#openBuckets[index] = (this.#openBuckets[index] ?? 0) + count;
    this.#openLevel = level;
  }

  /** The steps that are over, the oldest first; null where nothing is known. */
  read(nowSeconds: number): { readonly from: number; readonly columns: readonly (readonly (number | null)[])[] } {
    const { size, stepSeconds } = this.#shape;
    const end = this.#open ?? Math.floor(nowSeconds / stepSeconds);
    const first = end - size;
    const columns = [...this.#counts, ...this.#quantiles, this.#levels].map((values) =>
      Array.from({ length: size }, (_, index) => known(values[(first + index) % size])),
    );
    return { from: first * stepSeconds, columns };
  }

  #close(next: number): void {
    const { size, bounds } = this.#shape;
    const open = this.#open ?? next;
    const place = open % size;
    for (const [index, values] of this.#counts.entries()) values[place] = this.#openCounts[index] ?? 0;
    this.#quantiles[0][place] = quantileOf(0.5, this.#openBuckets, bounds);
    this.#quantiles[1][place] = quantileOf(0.99, this.#openBuckets, bounds);
    this.#levels[place] = this.#openLevel;
    for (let missed = Math.max(open + 1, next - size); missed < next; missed += 1) this.#clear(missed % size);
    this.#reopen(next);
  }

  #clear(place: number): void {
    for (const values of [...this.#counts, ...this.#quantiles, this.#levels]) values[place] = unknown;
  }

  #forget(): void {
    for (const values of [...this.#counts, ...this.#quantiles, this.#levels]) values.fill(unknown);
    this.#reopen(undefined);
  }

  #reopen(step: number | undefined): void {
    this.#openCounts.fill(0);
    this.#openBuckets.fill(0);
    this.#open = step;
  }
}

/** In milliseconds, by straight lines between the bounds, as Prometheus does it; unknown where there was none. */
export function quantileOf(part: number, buckets: ArrayLike<number>, bounds: readonly number[]): number {
  const total = Array.from(buckets).reduce((all, count) => all + count, 0);
  if (total === 0) return unknown;
  let before = 0;
  for (const [index, bound] of bounds.entries()) {
    const count = buckets[index] ?? 0;
    const lower = bounds[index - 1] ?? 0;
    if (before + count >= part * total && count > 0)
      return bound === Infinity ? lower * 1_000 : (lower + ((part * total - before) / count) * (bound - lower)) * 1_000;
    before += count;
  }
  return (bounds.at(-2) ?? 0) * 1_000;
}

function known(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : Math.round(value * 1_000) / 1_000;
}
