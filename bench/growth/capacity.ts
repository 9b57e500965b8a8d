import type { Point } from './point.ts';

/** Half of what was measured is left for bursts, for a machine that is slower, and for what else runs there. */
const share = 0.5;
const memorySteps = 256;
const millisecond = 1_000;

/** What an administrator provides for so many devices: a Markdown table, made of points with one process. */
export function buildCapacity(points: readonly Point[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rows = points.map(({ devices, figures, idle, loaded }) => {
    const perCore = 1_000_000 / figures.cpuUsPerPush;
    const bytes = Math.max(idle.rss, loaded.rss) + loaded.database;
    return line([
      devices.toLocaleString('en'),
      roundDown(perCore * share).toLocaleString('en'),
      (share * (1 + figures.databaseUsPerPush / figures.cpuUsPerPush)).toFixed(1),
      `${roundUp(bytes / 1e6 / share, memorySteps)} MB`,
      `${(loaded.rss / 1e6).toFixed(0)} + ${(loaded.database / 1e6).toFixed(0)} MB`,
      '1',
    ]);
  });
  const head = [
    'devices, up to',
    'pushes/s, lasting',
    'cores in use then',
    'memory to provide',
    'of it measured: Reveille + database',
    'instances that need',
  ];
  return [line(head), line(head.map(() => '---:')), ...rows].join('\n');
}

function roundDown(perSecond: number): number {
  const step = perSecond > millisecond ? millisecond / 2 : millisecond / 20;
  return Math.max(step, Math.floor(perSecond / step) * step);
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}
