import { pushKinds, type Ledger } from './ledger.ts';
import { fates, type Fate } from './judge.ts';
import { faultKinds, type FaultKind } from '../plan.ts';
import { buildTable, countFates, type Row } from './report.ts';
import type { Window } from './windows.ts';

/** So long after its end a fault still counts for what is sent. */
const afterMs = 1_000;

/**
 * Rows by fault and by kind of push, and the sum. A publish counts for every fault that was on, or had ended less than a second
 * ago, when it was sent.
 */
export function buildFaultTable(ledger: Ledger, judged: readonly Fate[], windows: readonly Window[]): string {
  const sent = ledger.publishes.slice(0, judged.length).map(({ id, sentAt, kind }) => ({
    fate: judged[id] ?? 'lost',
    kind,
    doubles: Math.max(0, (ledger.accepted.get(id)?.times ?? 0) - 1),
    during: listFaults(windows, sentAt),
  }));
  const row = (name: string, times: number | string, some: typeof sent): Row => [
    name,
    times,
    some.length,
    ...countFates(some.map(({ fate }) => fate)),
    some.reduce((sum, { doubles }) => sum + doubles, 0),
  ];
  const times = (kind: FaultKind) => windows.filter((window) => window.kind === kind).length;
  const byFault = faultKinds.map((kind) => row(kind, times(kind), sent.filter(({ during }) => during.has(kind)))); // prettier-ignore
  const calm = row('none', '', sent.filter(({ during }) => during.size === 0)); // prettier-ignore
  const byKind = pushKinds.map((kind) => row(`${kind}s`, '', sent.filter((one) => one.kind === kind))); // prettier-ignore
  return buildTable(['fault', 'times', 'publishes', ...fates, 'doubles'], [...byFault, calm, ...byKind, row('all', windows.length, sent)]);
}

/** What was broken, or just had been, at that moment. */
export function listFaults(windows: readonly Window[], at: number): ReadonlySet<FaultKind> {
  return new Set(windows.filter(({ from, to }) => from <= at && at <= to + afterMs).map(({ kind }) => kind));
}
