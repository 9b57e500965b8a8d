import { buildTable, type Row } from '../../chaos/report/report.ts';
import { kinds, type Book } from '../book.ts';
import { fates, violations, type Fate } from '../fates.ts';

const shown = 10;

/** Fates by kind; columns in which nothing is are left out, but for those that must be empty. */
export function buildFateTable(book: Book, judged: readonly Fate[]): string {
  const columns = fates.filter((fate) => violations.has(fate) || judged.includes(fate));
  const ids = (kind: string) => judged.flatMap((_, id) => (book.find(id)?.kind === kind ? [id] : []));
  const row = (name: string, some: readonly number[]): Row => [
    name,
    some.length,
    ...columns.map((fate) => some.filter((id) => judged[id] === fate).length),
    some.reduce((sum, id) => sum + Math.max(0, (book.find(id)?.accepted ?? 0) - 1), 0),
  ];
  return buildTable(
    ['kind', 'publishes', ...columns, 'doubles'],
    [
      ...kinds.map((kind) => row(`${kind}s`, ids(kind))),
      row(
        'all',
        judged.map((_, id) => id),
      ),
    ],
  );
}

/** A line for each violation, the first ones by their ids. */
export function listViolations(judged: readonly Fate[]): readonly string[] {
  return [...violations].flatMap((fate) => {
    const ids = judged.flatMap((one, id) => (one === fate ? [id] : []));
    return ids.length === 0 ? [] : [`${ids.length} ${fate}: publish ${ids.slice(0, shown).join(', ')}${ids.length > shown ? ', …' : ''}`];
  });
}
