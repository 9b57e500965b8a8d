import { buildTable, type Row } from '../chaos/report/report.ts';
import type { Entry } from '../endurance/book.ts';
import { formatMb, formatMs } from '../endurance/report/report.ts';
import { medianRssMb, within } from '../endurance/report/window.ts';
import { median, percentile } from '../base/statistics.ts';
import type { Findings } from './findings.ts';

const minuteMs = 60_000;
const head = [
  'minute',
  'publishes',
  'result',
  'wait',
  'item-not-found',
  'other',
  'link lost',
  'p50 ms',
  'p99 ms',
  'resident MB',
  'heap MB',
  'descriptors',
  'sockets',
  'CPU %',
  'most waiting',
] as const;

export function buildMinuteTable(findings: Findings): string {
  const { startedAt, endedAt, traffic } = findings;
  const minutes = Math.max(1, Math.round((endedAt - startedAt) / minuteMs));
  const byMinute = Map.groupBy(traffic.book.entries(), ({ sentAt }) => Math.min(minutes - 1, Math.floor((sentAt - startedAt) / minuteMs)));
  const rows = Array.from({ length: minutes }, (_, minute) => buildRow(minute, byMinute.get(minute) ?? [], findings));
  return buildTable(head, rows);
}

function buildRow(minute: number, entries: readonly Entry[], { startedAt, endedAt, samples }: Findings): Row {
  const from = startedAt + minute * minuteMs;
  const seen = within(samples, [from, Math.min(from + minuteMs, endedAt)]);
  const sent = entries.filter(({ sentAt }) => sentAt <= endedAt);
  const answered = sent
    .filter(({ answer }) => answer !== 'link-lost' && answer !== 'none')
    .map(({ sentAt, answeredAt }) => answeredAt - sentAt);
  answered.sort((a, b) => a - b);
  const count = (answer: Entry['answer']) => sent.filter((entry) => entry.answer === answer).length;
  const [first, last] = [seen.at(0), seen.at(-1)];
  const cpu = first === undefined || last === undefined ? NaN : (last.cpuSeconds - first.cpuSeconds) / ((last.at - first.at) / 1000);
  const heap = Math.min(...seen.map(({ heapMb }) => heapMb).filter(Number.isFinite));
  return [
    String(minute + 1),
    sent.length,
    ...(['result', 'wait', 'item-not-found', 'other', 'link-lost'] as const).map(count),
    formatMs(percentile(answered, 0.5)),
    formatMs(percentile(answered, 0.99)),
    medianRssMb(seen).toFixed(1),
    formatMb(heap),
    median(seen.map(({ fds }) => fds)),
    median(seen.map(({ sockets }) => sockets)),
    (cpu * 100).toFixed(0),
    Math.max(...seen.map(({ waiting }) => waiting.apns + waiting.fcm)),
  ];
}
