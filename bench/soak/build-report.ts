import { buildTable, type Row } from '../chaos/report/report.ts';
import { buildFateTable, listViolations } from '../endurance/report/fate-table.ts';
import { drawRun } from '../endurance/report/pictures.ts';
import { describeMachine, formatCounts, type Report } from '../endurance/report/report.ts';
import { isFlat, medianRssMb, slopeMbPerMinute, within } from '../endurance/report/window.ts';
import { median } from '../base/statistics.ts';
import { buildMinuteTable } from './minute-table.ts';
import type { Findings } from './findings.ts';

/** A connection that was just lost or replaced. */
const slackFds = 10;
const minuteMs = 60_000;

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

/** Minute 5 against the end, after a collection each; and the minutes there as they were. */
function judgeMemory({ startedAt, refersAt, endedAt, collected, samples }: Findings): { text: string; isFlat: boolean } {
  const lengthMs = Math.min(minuteMs, refersAt - startedAt);
  const [before, after] = collected;
  const first = within(samples, [refersAt - lengthMs, refersAt]);
  const last = within(samples, [endedAt - lengthMs, endedAt]);
  const [firstFds, lastFds] = [median(first.map(({ fds }) => fds)), median(last.map(({ fds }) => fds))];
  const rows = [
    buildRow('resident memory after a collection, MB', before.rssMb, after.rssMb),
    buildRow('heap in use after a collection, MB', before.heapMb, after.heapMb),
    buildRow(`resident memory, median of ${(lengthMs / 1000).toFixed(0)} s, MB`, medianRssMb(first), medianRssMb(last)),
    ['file descriptors, median', firstFds, lastFds, String(lastFds - firstFds)],
  ] as const;
  const slope = slopeMbPerMinute(within(samples, [refersAt, endedAt])).toFixed(2);
  const head = ['', `minute ${((refersAt - startedAt) / minuteMs).toFixed(1)}`, 'end', 'difference'];
  return {
    text: `${buildTable(head, rows)}\n\nSlope of resident memory from then on: ${slope} MB a minute.`,
    isFlat: isFlat(before.rssMb, after.rssMb, 0) && lastFds <= firstFds + slackFds,
  };
}

function buildRow(name: string, firstMb: number, lastMb: number): Row {
  return [name, firstMb.toFixed(1), lastMb.toFixed(1), `${((lastMb / firstMb - 1) * 100).toFixed(1)} %`];
}
