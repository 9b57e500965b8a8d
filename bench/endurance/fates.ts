import { kinds, type Book, type Entry } from './book.ts';
import type { Device, ServiceName } from './device.ts';

/** What became of a publish; those of `violations` must never be. */
export const fates = [
  'delivered',
  /** Answered `result`; one of the same kind, published later to the same device, was accepted in its place. */
  'replaced',
  /** A call that the push service was away for until it was of no use. */
  'expired',
  /** The device was unregistered or its token was dead. */
  'gone',
  /** Answered `wait`: the server knows that it may not have arrived. */
  'refused',
  'link-lost',
  'waiting',
  'lost',
  'removed',
  'wrong answer',
  'unanswered',
] as const;
export type Fate = (typeof fates)[number];
export const violations: ReadonlySet<Fate> = new Set(['waiting', 'lost', 'removed', 'wrong answer', 'unanswered']);

/** Time in which a service took nothing, up to the first push that it accepted again. */
export interface Absence {
  readonly service: ServiceName;
  readonly from: number;
  to: number;
}

export interface Evidence {
  readonly devices: readonly Device[];
  readonly absences: readonly Absence[];
  /** Nodes for which pushes still wait in the database. */
  readonly waiting: ReadonlySet<string>;
  readonly voipTtlMs: number;
  /** An answer that takes longer, while its link is up, came too late. */
  readonly deadlineMs: number;
}

/** A push that waits tries to go out at least so often once its service is back: slow start, backoff and lease included. */
const recoveryMs = 15_000;
/** What waits for a device goes with it. */
const longestWaitMs = 180_000;

/** The fate of every publish, in their order. */
export function judge(book: Book, evidence: Evidence): readonly Fate[] {
  const newest = findNewestAccepted(book, evidence.devices.length);
  return Array.from(book.entries(), (entry) => judgeOne(entry, newest[placeOf(entry)] ?? -1, evidence));
}

function judgeOne(entry: Entry, newestAccepted: number, evidence: Evidence): Fate {
  const device = evidence.devices[entry.device];
  switch (entry.answer) {
    case 'none':
      return 'unanswered';
    case 'link-lost':
      return 'link-lost';
    case 'other':
      return 'wrong answer';
    case 'item-not-found':
      return device?.endedAt !== undefined && device.endedAt <= entry.answeredAt ? 'gone' : 'removed';
    case 'wait':
    case 'result':
      if (entry.answeredAt - entry.sentAt > evidence.deadlineMs) return 'unanswered';
      return entry.answer === 'wait' ? 'refused' : judgeResult(entry, device, newestAccepted, evidence);
    default:
      return entry.answer satisfies never;
  }
}

function judgeResult(entry: Entry, device: Device | undefined, newestAccepted: number, evidence: Evidence): Fate {
  if (entry.accepted > 0) return 'delivered';
  if (newestAccepted > entry.id) return 'replaced';
  if (device === undefined) return 'lost';
  if (entry.kind === 'call' && evidence.absences.some((absence) => outlasts(absence, entry, device, evidence.voipTtlMs))) return 'expired';
  if (device.endedAt !== undefined && device.endedAt - entry.sentAt < longestWaitMs) return 'gone';
  return evidence.waiting.has(device.node) ? 'waiting' : 'lost';
}

/** Whether the service was away for all of the life of the call, but for the time that a recovery takes. */
function outlasts({ service, from, to }: Absence, { sentAt }: Entry, device: Device, ttlMs: number): boolean {
  return service === device.service && sentAt >= from - recoveryMs && sentAt <= to && sentAt + ttlMs <= to + recoveryMs;
}

/** By device and kind: pushes of other kinds replace nothing. */
function findNewestAccepted(book: Book, devices: number): Int32Array {
  const newest = new Int32Array(devices * kinds.length).fill(-1);
  for (const entry of book.entries()) if (entry.accepted > 0) newest[placeOf(entry)] = entry.id;
  return newest;
}

function placeOf({ device, kind }: Entry): number {
  return device * kinds.length + kinds.indexOf(kind);
}
