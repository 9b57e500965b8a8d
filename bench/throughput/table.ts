import type { MemoryUsage } from '../base/usage.ts';
import type { Row } from './run.ts';
import { contestants, type Contestant } from './stage.ts';

const names: Readonly<Record<Contestant, string>> = {
  reveille: 'Reveille',
  library: '(a) @xmpp/component',
  'library-quick': '(a) with TCP_NODELAY',
  http2: '(b) node:http2',
};
const nameWidth = 22;
const columnWidth = 13;

/** One setting as lines of text. */
export function formatRow({ setting, figures, floorUs, ratio, memory, arrived, load }: Row): string {
  const answer = setting.delayMs === 0 ? 'accepted at once' : `accepted after ${setting.delayMs} ms`;
  const lines = contestants.map((contestant) => {
    const { perSecond, cpuUsPerPush, p50Ms, p99Ms } = figures[contestant];
    return formatLine(names[contestant], [perSecond.toFixed(0), cpuUsPerPush.toFixed(1), p50Ms.toFixed(2), p99Ms.toFixed(2)]);
  });
  const busy = Object.entries(load).map(([name, share]) => `${name} ${(share * 100).toFixed(0)} %`);
  const { cpuUsPerPush, databaseUsPerPush, ended } = figures.reveille;
  return [
    `${setting.inFlight} ${setting.inBursts ? 'at a time, the next when all are answered' : 'in flight'}; ${answer}`,
    formatLine('', ['pushes/s', 'CPU µs/push', 'p50 ms', 'p99 ms']),
    ...lines,
    `  ratio of CPU to (a)+(b) = ${floorUs.toFixed(1)} µs: ${ratio.toFixed(2)}    (of a core meanwhile: ${busy.join(', ')})`,
    `  database ${databaseUsPerPush.toFixed(1)} µs/push, in all ${(cpuUsPerPush + databaseUsPerPush).toFixed(1)}; memory ${formatMemory(memory)}`,
    `  answered ${ended}, arrived at the push service ${arrived}`,
    '',
  ].join('\n');
}

/** The program's and its database's, and both. */
export function formatMemory({ rss, database }: MemoryUsage): string {
  return `Reveille ${formatMegabytes(rss)}, database ${formatMegabytes(database)}, in all ${formatMegabytes(rss + database)}`;
}

export function formatMegabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

function formatLine(name: string, cells: readonly string[]): string {
  return `  ${name.padEnd(nameWidth)}${cells.map((cell) => cell.padStart(columnWidth)).join('')}`;
}
