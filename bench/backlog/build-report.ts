import { buildTable, type Row } from '../chaos/report.ts';
import { buildFateTable, listViolations } from '../endurance/fate-table.ts';
import type { Fate } from '../endurance/fates.ts';
import { measureLatency } from '../endurance/latency.ts';
import type { Population } from '../endurance/population.ts';
import { describeMachine, formatCounts, formatMb, formatMs, type Report } from '../endurance/report.ts';
import type { Traffic } from '../endurance/traffic.ts';
import type { BacklogOptions, Course, Phase } from './run-backlog.ts';
import type { WaitingPushes } from './waiting-pushes.ts';
import type { Look } from './watch.ts';

/** All that was seen. */
export interface Findings extends Course {
  readonly options: BacklogOptions;
  readonly traffic: Traffic;
  readonly population: Population;
  readonly waiting: WaitingPushes;
  readonly judged: readonly Fate[];
  readonly looks: readonly Look[];
  readonly warnings: ReadonlyMap<string, number>;
}

/** What may be in use more than before anything waited. */
const slackMb = 100;
const stepMs = 10_000;

const head = [
  'meanwhile',
  'publishes',
  'result',
  'FCM p50 ms',
  'FCM p99 ms',
  'APNs p50 ms',
  'APNs p99 ms',
  'longest ms',
  'most resident MB',
  'in use MB',
  'heap MB',
] as const;

export function buildReport(findings: Findings): Report {
  const { traffic, population, judged, phases, warnings } = findings;
  const { answers, homeless } = traffic.totals;
  const without = traffic.book.length - answers.result + homeless;
  const wrong = [
    ...listViolations(judged),
    ...population.troubles.slice(0, 10),
    ...(without > 0 ? [`${without} publishes without a result`] : []),
  ];
  const grownMb = measureGrowth(phases);
  const text = [
    describeRun(findings),
    buildTable(
      head,
      phases.map((phase) => buildRow(phase, findings)),
    ),
    describeDrain(findings),
    buildFateTable(traffic.book, judged),
    `Warnings in its log: ${formatCounts(warnings)}`,
    wrong.length === 0 ? 'Balanced: 0 of the new ones lost.' : `NOT balanced:\n${wrong.join('\n')}`,
    `After a collection at most ${grownMb.toFixed(0)} MB more resident than before: ${grownMb <= slackMb ? 'bounded' : 'NOT bounded'}.`,
  ].join('\n\n');
  return { text, svg: '', isBalanced: wrong.length === 0, isFlat: grownMb <= slackMb };
}

function describeRun({ options, fillMs }: Findings): string {
  const { waiting, perSecond, devices } = options;
  return (
    `${waiting} pushes wait for APNs (503), put in ${(fillMs / 1000).toFixed(0)} s; ${perSecond} new publishes/s ` +
    `to ${devices} other devices, half of them at FCM. ${describeMachine()}.`
  );
}

function buildRow({ name, window, collected }: Phase, { traffic, population, looks }: Findings): Row {
  const [from, to] = window;
  const entries = Array.from(traffic.book.entries()).filter(({ sentAt }) => sentAt >= from && sentAt < to);
  const latency = (['fcm', 'apns'] as const).map((service) => measureLatency(traffic.book, population.devices, service, window));
  const seen = looks.filter(({ at }) => at >= from && at < to).map(({ rssMb }) => rssMb);
  return [
    name,
    entries.length,
    entries.filter(({ answer }) => answer === 'result').length,
    ...latency.flatMap(({ p50Ms, p99Ms }) => [formatMs(p50Ms), formatMs(p99Ms)]),
    formatMs(Math.max(...latency.map(({ longestMs }) => longestMs))),
    formatMb(Math.max(...seen)),
    formatMb(collected.rssMb),
    formatMb(collected.heapMb),
  ];
}

/** How many were accepted a second, in steps from the moment on that APNs was back. */
function describeDrain({ phases, looks, waiting, leftBefore, leftAfter, options }: Findings): string {
  const [from = 0, to = 0] = phases.at(-1)?.window ?? [];
  const drainedAt = (at: number) => looks.findLast((look) => look.at <= at)?.drained ?? 0;
  const steps = Array.from({ length: Math.ceil((to - from) / stepMs) }, (_, index) => from + index * stepMs);
  const rates = steps.map((at) => {
    const end = Math.min(to, at + stepMs);
    return ((drainedAt(end) - drainedAt(at)) / ((end - at) / 1000)).toFixed(0);
  });
  return [
    `Accepted a second, by 10 s from the recovery on: ${rates.join(', ')}.`,
    `${waiting.drained} went out, ${(waiting.newestFirst * 100).toFixed(1)} % of them the newest there were, ${waiting.doubles} twice;`,
    `${leftAfter} of ${leftBefore} left (${options.waiting - leftBefore} had given way before).`,
  ].join(' ');
}

function measureGrowth(phases: readonly Phase[]): number {
  const [before = NaN, ...later] = phases.map(({ collected }) => collected.rssMb);
  return Math.max(...later) - before;
}
