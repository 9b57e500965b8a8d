import { median, percentile } from '../base/statistics.ts';
import type { Answer } from './publisher.ts';

/** One interval of one setting, as the accepting provider saw it. */
export interface Figures {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly refused: number;
}

const columns = ['beside the accepting provider', 'pushes/s', 'p50 ms', 'p95 ms', 'p99 ms', 'p99, ratio to control', 'refused'] as const;

/** What the answers of `ms` milliseconds say about the accepting provider. */
export function buildFigures(answers: readonly Answer[], ms: number): Figures {
  const own = answers.filter(({ provider }) => provider === 'accepting');
  const latencies = own.map((answer) => answer.ms).toSorted((a, b) => a - b);
  return {
    perSecond: (own.length * 1000) / ms,
    p50Ms: percentile(latencies, 0.5),
    p95Ms: percentile(latencies, 0.95),
    p99Ms: percentile(latencies, 0.99),
    refused: own.filter(({ isError }) => isError).length,
  };
}

/** Medians over the rounds, as a Markdown table; the second setting is the control. */
export function buildTable(rounds: Readonly<Record<string, readonly Figures[]>>): string {
  const [, control = []] = Object.values(rounds);
  const of = (figures: readonly Figures[], key: keyof Figures) => median(figures.map((each) => each[key]));
  const rows = Object.entries(rounds).map(([name, figures]) => [
    name,
    of(figures, 'perSecond').toFixed(0),
    ...(['p50Ms', 'p95Ms', 'p99Ms'] as const).map((key) => of(figures, key).toFixed(2)),
    (of(figures, 'p99Ms') / of(control, 'p99Ms')).toFixed(2),
    String(figures.reduce((sum, { refused }) => sum + refused, 0)),
  ]);
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(columns), line(columns.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}
