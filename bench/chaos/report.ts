import { fates, violations, type Fate } from './judge.ts';

const shown = 10;

/** What a run came to. */
export interface Report {
  /** For people: the tables and what is wrong. */
  readonly text: string;
  readonly isBalanced: boolean;
}

export type Row = readonly [name: string, ...cells: readonly (string | number)[]];

/** As a Markdown table. */
export function buildTable(head: readonly string[], rows: readonly Row[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

/** How many of each fate, in the order of `fates`. */
export function countFates(some: readonly Fate[]): readonly number[] {
  return fates.map((fate) => some.filter((one) => one === fate).length);
}

/** A line for each violation, the first ones by their ids. */
export function listViolations(all: readonly Fate[]): readonly string[] {
  return [...violations].flatMap((fate) => {
    const ids = all.flatMap((one, id) => (one === fate ? id : []));
    if (ids.length === 0) return [];
    return `${ids.length} ${fate}: publish ${ids.slice(0, shown).join(', ')}${ids.length > shown ? ', …' : ''}`;
  });
}
