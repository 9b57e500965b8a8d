import type { Row } from './cell.ts';

const columns = ['fault', 'client', 'pushes', 'accepted', 'retried', 'in doubt', 'arrived twice', 'lost', 'recovered after'] as const;

/** The rows as a Markdown table; what went wrong stands out. */
export function buildTable(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.fault,
    row.client,
    String(row.sent),
    String(row.accepted),
    String(row.retried),
    String(row.inDoubt),
    String(row.twice),
    row.lost > 0 ? `**${row.lost}**` : '0',
    describe(row.recoveredMs),
  ]);
  const line = (texts: readonly string[]) => `| ${texts.join(' | ')} |`;
  return [line(columns), line(columns.map((_, index) => (index < 2 ? '---' : '---:'))), ...cells.map(line)].join('\n');
}

function describe(ms: number | undefined): string {
  if (ms === undefined) return '**not in time**';
  return ms === 0 ? '—' : `${(ms / 1000).toFixed(1)} s`;
}
