import { median } from '../base/statistics.ts';
import type { Row, Side } from './row.ts';

const widths = { name: 22, cell: 12 };

/** The ratio of the two sides, each round against the one beside it. */
export interface Ratio {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export function buildRatio(before: readonly number[], after: readonly number[]): Ratio {
  const ratios = after.map((value, round) => value / (before[round] ?? NaN));
  return { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) };
}

export function formatHead(before: string, after: string, rounds: number): string {
  return `before: ${before}, after: ${after}; medians of ${rounds} rounds; ratio: after / before, round by round, least to most\n`;
}

/** One setting as lines of text. */
export function formatRow({ setting, before, after }: Row): string {
  const line = (name: string, cells: readonly string[]) =>
    `  ${name.padEnd(widths.name)}${cells.map((cell) => cell.padStart(widths.cell)).join('')}`;
  const compared = (name: string, of: (round: Side['rounds'][number]) => number, digits: number) => {
    const [left, right] = [before.rounds.map(of), after.rounds.map(of)];
    const { median: middle, least, most } = buildRatio(left, right);
    const spread = `${middle.toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)})`;
    return `${line(name, [median(left).toFixed(digits), median(right).toFixed(digits)])}   ${spread}`;
  };
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(0);
  return [
    `${setting.inFlight} in flight; ${setting.delayMs === 0 ? 'accepted at once' : `accepted after ${setting.delayMs} ms`}`,
    line('', ['before', 'after']) + '   ratio',
    compared('pushes/s', ({ perSecond }) => perSecond, 0),
    compared('CPU µs/push', ({ cpuUsPerPush }) => cpuUsPerPush, 1),
    line('  of the database', [median(before.rounds.map(databaseUs)).toFixed(1), median(after.rounds.map(databaseUs)).toFixed(1)]),
    compared('p99 ms', ({ p99Ms }) => p99Ms, 2),
    line('memory, MB', [megabytes(before.memory.rss), megabytes(after.memory.rss)]),
    line('  of the database', [megabytes(before.memory.database), megabytes(after.memory.database)]),
    '',
  ].join('\n');
}

function databaseUs({ databaseUsPerPush }: Side['rounds'][number]): number {
  return databaseUsPerPush;
}
