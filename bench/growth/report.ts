import { formatNumber, type Panel } from './panel.ts';
import type { Point } from './point.ts';

/** What grew, and what was measured at each size. */
export interface Growth {
  readonly devices: readonly Point[];
  readonly publishers: readonly Point[];
  readonly backlog: readonly Point[];
}

const columns = [
  'devices',
  'waiting',
  'processes',
  'publishers',
  'start, s',
  'idle, MB',
  'under load, MB',
  'database, MB',
  'pushes/s',
  'CPU µs/push',
  'database µs/push',
  'p99 ms',
];

/** As a Markdown table. */
export function buildTable({ devices, publishers, backlog }: Growth): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rows = [...devices, ...publishers, ...backlog].map(({ figures, ...point }) =>
    line([
      ...[point.devices, point.backlog, point.processes, point.publishers].map((count) => count.toLocaleString('en')),
      (point.startMs / 1000).toFixed(2),
      ...[point.idle.rss, point.loaded.rss, point.loaded.database].map((bytes) => toMegabytes(bytes).toFixed(0)),
      figures.perSecond.toFixed(0),
      ...[figures.cpuUsPerPush, figures.databaseUsPerPush, figures.p99Ms].map((value) => value.toFixed(1)),
    ]),
  );
  return [line(columns), line(columns.map(() => '---:')), ...rows].join('\n');
}

export function buildPanels({ devices, publishers, backlog }: Growth): readonly Panel[] {
  const [one, two] = [1, 2].map((count) => publishers.filter(({ processes }) => processes === count));
  const inFlight = (one ?? []).map((point) => formatNumber(point.publishers));
  const registered = devices.map((point) => formatNumber(point.devices));
  const waiting = backlog.map((point) => formatNumber(point.backlog));
  const byProcesses = (of: (point: Point) => number) => [
    { name: 'one process', values: (one ?? []).map(of) },
    { name: 'two processes', values: (two ?? []).map(of) },
  ];
  return [
    { title: 'Memory by registered devices, MB', x: registered, lines: memoryLines(devices) },
    { title: 'Memory by waiting pushes, MB', x: waiting, lines: memoryLines(backlog) },
    { title: 'Pushes a second by publishes in flight', x: inFlight, lines: byProcesses(({ figures }) => figures.perSecond) },
    { title: 'CPU per push by registered devices, µs', x: registered, lines: costLines(devices) },
    { title: 'CPU per push by waiting pushes, µs', x: waiting, lines: costLines(backlog) },
    { title: 'CPU per push by publishes in flight, µs', x: inFlight, lines: byProcesses(({ figures }) => figures.cpuUsPerPush) },
    { title: 'Start to ready by registered devices, s', x: registered, lines: startLines(devices) },
    { title: 'Start to ready by waiting pushes, s', x: waiting, lines: startLines(backlog) },
  ];
}

function memoryLines(points: readonly Point[]) {
  return [
    { name: 'idle', values: points.map(({ idle }) => toMegabytes(idle.rss)) },
    { name: 'under load', values: points.map(({ loaded }) => toMegabytes(loaded.rss)) },
    { name: 'database', values: points.map(({ loaded }) => toMegabytes(loaded.database)) },
  ];
}

function costLines(points: readonly Point[]) {
  return [
    { name: 'Reveille', values: points.map(({ figures }) => figures.cpuUsPerPush) },
    { name: 'database', values: points.map(({ figures }) => figures.databaseUsPerPush) },
  ];
}

function startLines(points: readonly Point[]) {
  return [{ name: 'start to ready', values: points.map(({ startMs }) => startMs / 1000) }];
}

function toMegabytes(bytes: number): number {
  return bytes / 1e6;
}
