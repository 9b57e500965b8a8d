import { endOfLife } from './judge.ts';
import type { Ledger, Publish } from './ledger.ts';
import { buildTable, type Row } from './report.ts';
import type { Window } from './windows.ts';

/** A push that an instance handed to a connection. */
export interface Write {
  /** The number of the publish. */
  readonly marker: number;
  readonly service: Publish['service'];
  /** By the driver's clock. */
  readonly at: number;
  /** How long it had to live by what it says itself and by the instance's own clock; APNs is told whole seconds. */
  readonly leftMs: number;
}

export interface InstanceWrite extends Write {
  readonly part: 'instance-a' | 'instance-b';
}

/** What is known of a run when it is over. */
export interface Staleness {
  readonly ledger: Ledger;
  readonly writes: readonly InstanceWrite[];
  readonly windows: readonly Window[];
  readonly callMs: number;
  /** Numbers of the pushes that were taken after the end that they carried. */
  readonly stale: readonly number[];
}

export const causes = ['left after its end', 'told to live longer', 'taken late, left in time', 'read late', 'clock set'] as const;
/**
 * Why a push came too late. The first two are faults of the program. What left before its end can't be taken back; what we gave
 * the instance late has its end later; and an instance whose clock was set tells everybody else a wrong end.
 */
export type Cause = (typeof causes)[number];

/** APNs is told whole seconds, and a service how long is left as it was up to a second before. */
const roundingMs = 1_000;
/** From the moment at which a time is told until the push is written. */
const writingMs = 500;
/** What was built by a wrong clock may wait for so long for its answer. */
const afterClockMs = 15_000;

/** Every push that came too late, or would have, by its cause; one that was written several times too late counts as often. */
export function listCauses(
  run: Staleness,
): readonly { readonly marker: number; readonly service: Publish['service']; readonly cause: Cause }[] {
  const { ledger, writes, stale, callMs } = run;
  const faulty = writes.flatMap((write) => {
    const { marker, service } = write;
    const cause = causeOfWrite(write, ledger.publishes[marker], run);
    return cause === undefined ? [] : { marker, service, cause };
  });
  const known = new Set(faulty.map(({ marker }) => marker));
  const late = ledger.publishes.filter((publish) => {
    const taken = ledger.accepted.get(publish.id);
    return publish.kind === 'call' && taken !== undefined && taken.firstAt > endOfLife(publish, callMs);
  });
  const byNumber = Map.groupBy(writes, ({ marker }) => marker);
  const taken = [...new Set([...late.map(({ id }) => id), ...stale])].filter((marker) => !known.has(marker));
  return [
    ...faulty,
    ...taken.flatMap((marker) => {
      const publish = ledger.publishes[marker];
      if (publish === undefined) return [];
      return { marker, service: publish.service, cause: causeOfTaking(publish, byNumber.get(marker) ?? [], run) };
    }),
  ];
}

/** A row for each service, a column for each cause. */
export function buildStalenessTable(run: Staleness): string {
  const all = listCauses(run);
  const row = (service: Publish['service']): Row => {
    const writes = run.writes.filter((write) => write.service === service).length;
    return [service, writes, ...causes.map((cause) => all.filter((one) => one.service === service && one.cause === cause).length)];
  };
  return buildTable(['too late', 'sent', ...causes], [row('apns'), row('fcm')]);
}

/** A line for each cause that must not be. */
export function listFaultyCauses(run: Staleness): readonly string[] {
  const all = listCauses(run);
  return causes.slice(0, 2).flatMap((cause) => {
    const markers = all.filter((one) => one.cause === cause).map(({ marker }) => marker);
    return markers.length === 0 ? [] : `${markers.length} ${cause}: publish ${markers.slice(0, 10).join(', ')}`;
  });
}

function causeOfWrite(write: InstanceWrite, publish: Publish | undefined, run: Staleness): Cause | undefined {
  const latest = publish === undefined ? Infinity : latestEnd(publish, run.callMs);
  const isOver = write.at > latest || write.leftMs <= -roundingMs;
  const isLonger = write.at + write.leftMs > latest + roundingMs + writingMs;
  if (!isOver && !isLonger) return undefined;
  if (wasClockSet(write, run.windows)) return 'clock set';
  return isOver ? 'left after its end' : 'told to live longer';
}

function causeOfTaking(publish: Publish, writes: readonly InstanceWrite[], { windows, callMs }: Staleness): Cause {
  if (writes.some((write) => wasClockSet(write, windows))) return 'clock set';
  return writes.some(({ at }) => at > endOfLife(publish, callMs)) ? 'read late' : 'taken late, left in time';
}

/** No later than this: its life begins where it is read, and it has been read where it is answered. Only calls are as short. */
function latestEnd({ kind, end }: Publish, callMs: number): number {
  const isRead = end !== undefined && end.answer.kind !== 'link-lost';
  return kind === 'call' && isRead ? end.at + callMs : Infinity;
}

function wasClockSet({ part, at }: InstanceWrite, windows: readonly Window[]): boolean {
  return windows.some(
    (window) =>
      window.part === part && window.jumpMs !== undefined && window.jumpMs > 0 && window.from <= at && at <= window.to + afterClockMs,
  );
}
