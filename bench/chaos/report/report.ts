import { fates, violations, type Fate } from './judge.ts';

const shown = 10;

/** What a run came to. */
export interface Report {
  /** For people: the tables and what is wrong. */
  readonly text: string;
  readonly isBalanced: boolean;
}

/** Balanced where nothing is wrong. */
export function buildReport(paragraphs: readonly string[], wrong: readonly string[]): Report {
  const verdict = wrong.length === 0 ? 'Balanced: 0 lost.' : `NOT balanced:\n${wrong.join('\n')}`;
  return { text: [...paragraphs, verdict].join('\n\n'), isBalanced: wrong.length === 0 };
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

/** A line for each violation, the first ones by their ids; with `describe`, a line for each of those as well. */
export function listViolations(all: readonly Fate[], describe?: (id: number) => string): readonly string[] {
  return [...violations].flatMap((fate) => {
    const ids = all.flatMap((one, id) => (one === fate ? id : []));
    if (ids.length === 0) return [];
    const first = ids.slice(0, shown);
    const line = `${ids.length} ${fate}: publish ${first.join(', ')}${ids.length > shown ? ', …' : ''}`;
    return [line, ...(describe === undefined ? [] : first.map((id) => `  ${id}: ${describe(id)}`))];
  });
}
