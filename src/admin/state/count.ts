export interface Count {
  readonly name: string;
  readonly count: number;
}

/** The largest first. */
export function listCounts(counts: ReadonlyMap<string, number>): readonly Count[] {
  return [...counts].map(([name, count]) => ({ name, count })).toSorted((one, other) => other.count - one.count);
}
