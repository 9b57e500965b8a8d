import { buildTable, type Row } from '../chaos/report/report.ts';
import { measureLatency } from '../endurance/report/latency.ts';
import { formatMb, formatMs } from '../endurance/report/report.ts';
import { within, type Window } from '../endurance/report/window.ts';
import type { Findings } from './findings.ts';

const head = [
  'publishes sent',
  'seconds',
  'publishes',
  'result',
  'wait',
  'other',
  'FCM p50 ms',
  'FCM p99 ms',
  'APNs p50 ms',
  'APNs p99 ms',
  'resident MB',
  'heap MB',
] as const;

/** What each phase cost whom. */
export function buildPhaseTable(findings: Findings): string {
  const { startedAt, brokenAt, mendedAt, drainedAt, loadEndedAt } = findings.course;
  const drained = Math.min(drainedAt, loadEndedAt);
  const phases: readonly (readonly [string, Window])[] = [
    ['before the outage', [startedAt, brokenAt]],
    ['during the outage', [brokenAt, mendedAt]],
    ['while the backlog drains', [mendedAt, drained]],
    ['after that', [drained, loadEndedAt]],
  ];
  return buildTable(
    head,
    phases.filter(([, [from, to]]) => to > from).map(([name, window]) => buildRow(name, window, findings)),
  );
}

function buildRow(name: string, window: Window, { traffic, population, samples }: Findings): Row {
  const [from, to] = window;
  const entries = Array.from(traffic.book.entries()).filter(({ sentAt }) => sentAt >= from && sentAt < to);
  const results = entries.filter(({ answer }) => answer === 'result').length;
  const waits = entries.filter(({ answer }) => answer === 'wait').length;
  const [fcm, apns] = (['fcm', 'apns'] as const).map((service) => measureLatency(traffic.book, population.devices, service, window));
  const seen = within(samples, window);
  return [
    name,
    ((to - from) / 1000).toFixed(0),
    entries.length,
    results,
    waits,
    entries.length - results - waits,
    ...[fcm, apns].flatMap((one) => [formatMs(one?.p50Ms ?? NaN), formatMs(one?.p99Ms ?? NaN)]),
    formatRange(seen.map(({ rssMb }) => rssMb)),
    formatRange(seen.map(({ heapMb }) => heapMb).filter(Number.isFinite)),
  ];
}

function formatRange(values: readonly number[]): string {
  return values.length === 0 ? '–' : `${formatMb(Math.min(...values))}–${formatMb(Math.max(...values))}`;
}
