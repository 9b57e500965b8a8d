import type { Row } from './run.ts';
import { subjects, type Subject } from './stage.ts';

const names: Readonly<Record<Subject, string>> = {
  reveille: 'Reveille',
  library: '(a) @xmpp/component',
  'library-quick': '(a) with TCP_NODELAY',
  http2: '(b) node:http2',
};
const nameWidth = 22;
const columnWidth = 13;

/** One setting as lines of text. */
export function formatRow({ setting, figures, floorUs, ratio, load }: Row): string {
  const answer = setting.delayMs === 0 ? 'accepted at once' : `accepted after ${setting.delayMs} ms`;
  const lines = subjects.map((subject) => {
    const { perSecond, cpuUsPerPush, p50Ms, p99Ms } = figures[subject];
    return formatLine(names[subject], [perSecond.toFixed(0), cpuUsPerPush.toFixed(1), p50Ms.toFixed(2), p99Ms.toFixed(2)]);
  });
  const busy = Object.entries(load).map(([name, share]) => `${name} ${(share * 100).toFixed(0)} %`);
  return [
    `${setting.inFlight} ${setting.inBursts ? 'at a time, the next when all are answered' : 'in flight'}; ${answer}`,
    formatLine('', ['pushes/s', 'CPU µs/push', 'p50 ms', 'p99 ms']),
    ...lines,
    `  ratio of CPU to (a)+(b) = ${floorUs.toFixed(1)} µs: ${ratio.toFixed(2)}    (of a core meanwhile: ${busy.join(', ')})`,
    '',
  ].join('\n');
}

function formatLine(name: string, cells: readonly string[]): string {
  return `  ${name.padEnd(nameWidth)}${cells.map((cell) => cell.padStart(columnWidth)).join('')}`;
}
