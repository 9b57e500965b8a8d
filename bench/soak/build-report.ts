import { buildTable } from '../chaos/report.ts';
import type { Device } from '../endurance/device.ts';
import { buildFateTable, listViolations } from '../endurance/fate-table.ts';
import type { Absence, Fate } from '../endurance/fates.ts';
import { drawRun } from '../endurance/pictures.ts';
import type { Population } from '../endurance/population.ts';
import { describeMachine, formatCounts, type Report } from '../endurance/report.ts';
import type { Sample } from '../endurance/sampler.ts';
import type { Traffic } from '../endurance/traffic.ts';
import { isFlat, medianRssMb, slopeMbPerMinute, within, type Window } from '../endurance/window.ts';
import { median } from '../statistics.ts';
import { buildMinuteTable } from './minute-table.ts';
import type { SoakOptions } from './run-soak.ts';

/** All that was seen. */
export interface Findings {
  readonly options: SoakOptions;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly traffic: Traffic;
  readonly population: Population;
  readonly absences: readonly Absence[];
  readonly judged: readonly Fate[];
  readonly missing: readonly Device[];
  readonly samples: readonly Sample[];
  readonly events: ReadonlyMap<string, number>;
  readonly warnings: ReadonlyMap<string, number>;
  readonly shareOfCore: number;
}

/** A connection that was just lost or replaced. */
const slackFds = 10;
const minuteMs = 60_000;
const warmMs = 5 * minuteMs;

export function buildReport(findings: Findings): Report {
  const { traffic, population, judged, missing, samples, absences } = findings;
  const memory = judgeMemory(findings);
  const alive = population.alive.length;
  const wrong = [
    ...listViolations(judged),
    ...population.troubles.slice(0, 10),
    ...(missing.length > 0 ? [`${missing.length} registrations lost`] : []),
  ];
  const text = [
    describeRun(findings),
    buildMinuteTable(findings),
    buildFateTable(traffic.book, judged),
    memory.text,
    `${alive - missing.length} of ${alive} registrations answer \`result\` afterwards; ${traffic.totals.homeless} publishes found no link`,
    `Warnings in its log: ${formatCounts(findings.warnings)}`,
    wrong.length === 0 ? 'Balanced: 0 lost.' : `NOT balanced:\n${wrong.join('\n')}`,
    memory.isFlat ? 'Memory and descriptors flat.' : 'Memory or descriptors NOT flat.',
  ].join('\n\n');
  const bands = absences.map(({ from, to }) => [from, Math.min(to, findings.endedAt)] as const);
  const counts = {
    name: 'descriptors',
    colour: 'blue' as const,
    points: samples.map(({ at, fds }) => [(at - (samples[0]?.at ?? 0)) / 1000, fds] as const),
  };
  const svg = drawRun(samples, bands, [{ title: 'file descriptors', series: [counts] }]);
  return { text, svg, isBalanced: wrong.length === 0, isFlat: memory.isFlat };
}

function describeRun({ options, events, shareOfCore }: Findings): string {
  const { ms, perSecond, devices, seed } = options;
  return (
    `${ms / minuteMs} minutes of ${perSecond} publishes/s to ${devices} devices, seed ${seed}; meanwhile, how often: ${formatCounts(events)}. ` +
    `${describeMachine()}; the driver with server and services used ${(shareOfCore * 100).toFixed(0)} % of a core.`
  );
}

/** The minute after the fifth against the last; of a short run, the second sixth against the last one. */
function judgeMemory({ startedAt, endedAt, samples }: Findings): { text: string; isFlat: boolean } {
  const sixthMs = (endedAt - startedAt) / 6;
  const lengthMs = Math.min(minuteMs, sixthMs);
  const from = startedAt + Math.min(warmMs, sixthMs);
  const first = within(samples, [from, from + lengthMs]);
  const last = within(samples, [endedAt - lengthMs, endedAt]);
  const after: Window = [from, endedAt];
  const fds = [first, last].map((some) => median(some.map((sample) => sample.fds)));
  const heap = [first, last].map((some) => Math.min(...some.map(({ heapMb }) => heapMb).filter(Number.isFinite)));
  const [firstMb, lastMb] = [medianRssMb(first), medianRssMb(last)];
  const rows = [
    ['resident memory, MB (median)', firstMb.toFixed(1), lastMb.toFixed(1), `${((lastMb / firstMb - 1) * 100).toFixed(1)} %`],
    ['heap in use, MB (least)', ...heap.map((mb) => mb.toFixed(1)), ''],
    ['file descriptors (median)', ...fds, ''],
  ] as const;
  const slope = `Slope of resident memory from then on: ${slopeMbPerMinute(within(samples, after)).toFixed(2)} MB a minute.`;
  const head = [
    '',
    `${(lengthMs / 1000).toFixed(0)} s from ${((from - startedAt) / minuteMs).toFixed(1)} min on`,
    'at the end',
    'difference',
  ];
  const hasStableFds = (fds[1] ?? 0) <= (fds[0] ?? 0) + slackFds;
  return { text: `${buildTable(head, rows)}\n\n${slope}`, isFlat: isFlat(firstMb, lastMb, 0) && hasStableFds };
}
