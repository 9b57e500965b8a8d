import { buildTable, type Row } from '../chaos/report/report.ts';
import { buildFateTable, listViolations } from '../endurance/report/fate-table.ts';
import { measureLatency } from '../endurance/report/latency.ts';
import { describeMachine, formatCounts, formatMb, formatMs, type Report } from '../endurance/report/report.ts';
import type { Findings, Phase } from './findings.ts';

/** What may be in use more than before anything waited. */
const slackMb = 100;
const stepMs = 10_000;
const earlyMs = [200, 500, 1_000, 2_000, 5_000] as const;

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
  const grownMb = measureGrowth(findings);
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

/** From the first waiting push on that was accepted: finely at the beginning, where the pace grows, then in steps. */
function describeDrain({ drain, looks, waiting, leftBefore, options }: Findings): string {
  const [backAt, to] = drain.window;
  const drainedAt = (at: number) => looks.findLast((look) => look.at <= at)?.drained ?? 0;
  const firstAt = looks.findLast(({ drained }) => drained === 0)?.at ?? backAt;
  const starts = Array.from({ length: Math.floor((to - firstAt) / stepMs) }, (_, index) => firstAt + index * stepMs);
  const rates = starts.map((at) => ((drainedAt(at + stepMs) - drainedAt(at)) / (stepMs / 1000)).toFixed(0));
  const early = earlyMs.map((ms) => `${drainedAt(firstAt + ms)} after ${ms / 1000} s`);
  return [
    `The first was accepted ${((firstAt - backAt) / 1000).toFixed(1)} s after APNs was back; ${early.join(', ')}.`,
    `Accepted a second, by 10 s from there on: ${rates.join(', ')}.`,
    `${drainedAt(to)} of ${leftBefore} went out meanwhile (${options.waiting - leftBefore} had given way before).`,
    `To the end ${waiting.drained} went out, ${(waiting.newestFirst * 100).toFixed(1)} % of them the newest there were, ${waiting.doubles} twice.`,
  ].join(' ');
}

/** Of what is kept: while it drains the process is amid its work. */
function measureGrowth({ phases, drain }: Findings): number {
  const [before = NaN, ...later] = phases.filter((phase) => phase !== drain).map(({ collected }) => collected.rssMb);
  return Math.max(...later) - before;
}
