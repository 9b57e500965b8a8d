import { buildTable } from '../chaos/report/report.ts';
import { buildFateTable, listViolations } from '../endurance/report/fate-table.ts';
import { drawRun } from '../endurance/report/pictures.ts';
import { describeMachine, formatCounts, type Report } from '../endurance/report/report.ts';
import type { Sample } from '../endurance/report/sampler.ts';
import { answerWithinMs } from '../endurance/stage/stage.ts';
import { isFlat, medianRssMb, slopeMbPerMinute, within } from '../endurance/report/window.ts';
import { buildPhaseTable } from './phase-table.ts';
import type { Findings, Course } from './findings.ts';

/** What two minutes may differ by without a leak: garbage that was not collected yet. */
const slackMb = 20;

export function buildReport(findings: Findings): Report {
  const { course, traffic, population, judged, missing, inDatabase, samples } = findings;
  const memory = judgeMemory(samples, course);
  const wrong = [
    ...listViolations(judged),
    ...population.troubles.slice(0, 10),
    ...(missing.length > 0 ? [`${missing.length} registrations lost`] : []),
    ...(inDatabase === population.devices.length ? [] : [`${inDatabase} of ${population.devices.length} devices in the database`]),
    ...(course.drainedAt === Infinity ? ['the backlog was not drained in seven minutes'] : []),
  ];
  const text = [
    describeRun(findings),
    buildPhaseTable(findings),
    buildFateTable(traffic.book, judged),
    describeDrain(findings),
    memory.text,
    `${population.devices.length - missing.length} of ${population.devices.length} registrations answer \`result\` afterwards`,
    `Warnings in its log: ${formatCounts(findings.warnings)}`,
    wrong.length === 0 ? 'Balanced: 0 lost.' : `NOT balanced:\n${wrong.join('\n')}`,
    memory.isFlat ? 'Memory flat.' : 'Memory NOT flat.',
  ].join('\n\n');
  const bands = [[course.brokenAt, course.mendedAt] as const];
  return { text, svg: drawRun(samples, bands), isBalanced: wrong.length === 0, isFlat: memory.isFlat };
}

function describeRun({ options, shareOfCore }: Findings): string {
  const { ms, perSecond, devices, manner, seed } = options;
  return (
    `APNs away (${manner}) for ${ms / 1000} s under ${perSecond} publishes/s to ${devices} devices, half of them at FCM; seed ${seed}. ` +
    `${describeMachine()}; the driver with server and services used ${(shareOfCore * 100).toFixed(0)} % of a core.`
  );
}

function describeDrain({ course, samples, traffic }: Findings): string {
  const { mendedAt, recoveredAt, drainedAt } = course;
  const most = Math.max(...samples.map(({ waiting }) => waiting.apns));
  const accepted = (at: number) => samples.findLast((sample) => sample.at <= at)?.accepted.apns ?? 0;
  const perSecond = samples.slice(1).map((sample, index) => sample.accepted.apns - (samples[index]?.accepted.apns ?? 0));
  const seconds = (from: number, to: number) => ((to - from) / 1000).toFixed(1);
  const longest = Math.max(...Array.from(traffic.book.entries(), ({ answeredAt, sentAt }) => answeredAt - sentAt).filter(Number.isFinite));
  return [
    `At most ${most} pushes waited. The first was accepted ${seconds(mendedAt, recoveredAt)} s after APNs was back, the last of the outage ` +
      `${seconds(recoveredAt, drainedAt)} s later (${accepted(drainedAt) - accepted(recoveredAt)} accepted meanwhile, at most ${Math.max(...perSecond)} in a second).`,
    `The longest answer took ${(longest / 1000).toFixed(2)} s of ${answerWithinMs / 1000} s.`,
  ].join(' ');
}

/** What is left after a collection at the beginning of the outage and at its end; the rest of the table shows what lies between. */
function judgeMemory(samples: readonly Sample[], course: Course): { text: string; isFlat: boolean } {
  const { startedAt, brokenAt, mendedAt, loadEndedAt, collected } = course;
  const [first, last] = collected;
  const windowMs = Math.min(60_000, (mendedAt - brokenAt) / 3);
  const outage = within(samples, [brokenAt, mendedAt]);
  const median = (from: number, to: number) => medianRssMb(within(samples, [from, to])).toFixed(1);
  const rows = [
    ['after a collection, at the beginning of the outage', first.rssMb.toFixed(1), first.heapMb.toFixed(1)],
    ['after a collection, at its end', last.rssMb.toFixed(1), last.heapMb.toFixed(1)],
    ['last of the calm', median(Math.max(startedAt, brokenAt - windowMs), brokenAt), ''],
    ['first of the outage', median(brokenAt, brokenAt + windowMs), ''],
    ['last of the outage', median(mendedAt - windowMs, mendedAt), ''],
    ['most during the outage', Math.max(...outage.map(({ rssMb }) => rssMb)).toFixed(1), ''],
    ['last of the load', median(loadEndedAt - windowMs, loadEndedAt), ''],
    ['slope over the outage, MB a minute', slopeMbPerMinute(outage).toFixed(2), ''],
  ] as const;
  const head = [`memory; medians of ${(windowMs / 1000).toFixed(0)} s`, 'resident MB', 'heap MB'];
  return { text: buildTable(head, rows), isFlat: isFlat(first.rssMb, last.rssMb, slackMb) };
}
