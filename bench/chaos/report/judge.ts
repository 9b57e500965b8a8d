import type { Acceptance, Ledger, Publish } from './ledger.ts';
import { longestCalmMs, type Window } from './windows.ts';

/** What became of a publish; the last four must never be. */
export type Fate =
  /** Answered `result`, and the push service accepted its push, or the device acknowledged it over a connection of its own. */
  | 'delivered'
  /** Answered `result`; one of the same kind that was published later to the same device was accepted in its place. */
  | 'replaced'
  /** The same, but the other was sent first and had no answer yet: which one is newer was not for the server to say. */
  | 'overtaken'
  /** Answered `result`, and still in the database. */
  | 'waiting'
  /** Answered `result`; a call that faults kept from going out for as long as it lived. */
  | 'expired'
  /** Answered `wait`: the server knows that it may not have arrived. */
  | 'refused'
  | 'link-lost'
  | 'lost'
  | 'removed'
  | 'wrong answer'
  | 'unanswered';

export const fates: readonly Fate[] = [
  'delivered',
  'replaced',
  'overtaken',
  'waiting',
  'expired',
  'refused',
  'link-lost',
  'lost',
  'removed',
  'wrong answer',
  'unanswered',
];
export const violations: ReadonlySet<Fate> = new Set(['lost', 'removed', 'wrong answer', 'unanswered']);

export interface Evidence {
  /** Nodes and kinds, as {@link placeOf} puts them, for which pushes wait in the database now. */
  readonly waiting: ReadonlySet<string>;
  /** An answer that takes longer, while its link is up, came too late. */
  readonly deadlineMs: number;
  /** What was broken when, and how long calls live; without it nothing may expire. */
  readonly expiry?: { readonly windows: readonly Window[]; readonly callMs: number };
}

/**
 * A call that nothing keeps for so long goes out: the wait after a failure is a sixth of its life at most, and waiting pushes are
 * looked for every four seconds.
 */
const reachMs = 10_000;

/** Where of the waiting pushes only the newest stays. */
export function placeOf({ node, kind }: Pick<Publish, 'node' | 'kind'>): string {
  return `${node} ${kind}`;
}

/** The fate of every publish, in their order. */
export function judge(ledger: Ledger, evidence: Evidence): readonly Fate[] {
  const accepted = Map.groupBy(listServed(ledger), placeOf);
  return ledger.publishes.map((publish) => judgeOne(publish, ledger, accepted.get(placeOf(publish)) ?? [], evidence));
}

interface Accepted extends Publish {
  readonly acceptance: Acceptance;
}

function judgeOne(publish: Publish, ledger: Ledger, rivals: readonly Accepted[], evidence: Evidence): Fate {
  const { end, sentAt } = publish;
  if (end === undefined) return 'unanswered';
  const { answer } = end;
  if (answer.kind === 'link-lost') return 'link-lost';
  if (end.at - sentAt - end.excusedMs > evidence.deadlineMs) return 'unanswered';
  if (answer.kind === 'error') return judgeError(answer.type, answer.condition);
  if (ledger.served(publish.id) !== undefined) return 'delivered';
  if (rivals.some((other) => other.id > publish.id)) return 'replaced';
  if (rivals.some((other) => mayBeNewer(other, publish))) return 'overtaken';
  if (evidence.waiting.has(placeOf(publish))) return 'waiting';
  return hasExpired(publish, evidence) ? 'expired' : 'lost';
}

/** Any other refusal costs registrations at some server; all devices are alive. */
function judgeError(type: string, condition: string): Fate {
  if (type === 'wait' && condition === 'internal-server-error') return 'refused';
  return condition === 'item-not-found' ? 'removed' : 'wrong answer';
}

/** Whether `other`, sent earlier, can have been read later: it was still open, and what is accepted has been read. */
function mayBeNewer(other: Accepted, publish: Publish): boolean {
  const { link, end, acceptance } = other;
  return link !== publish.link && end !== undefined && end.at > publish.sentAt && acceptance.lastAt > publish.sentAt;
}

/** Only a call lives so short; and only where there was no time in which it had to go out. */
function hasExpired(publish: Publish, { expiry }: Evidence): boolean {
  const { kind, service, sentAt, end } = publish;
  if (kind !== 'call' || expiry === undefined) return false;
  return longestCalmMs(expiry.windows, service, { from: end?.at ?? sentAt, to: endOfLife(publish, expiry.callMs) }) < reachMs;
}

/** Its life begins where it is read: while we keep it from that it does not grow older. */
export function endOfLife({ sentAt, end }: Publish, callMs: number): number {
  return sentAt + (end?.excusedMs ?? 0) + callMs;
}

function listServed(ledger: Ledger): readonly Accepted[] {
  return ledger.publishes.flatMap((publish) => {
    const acceptance = ledger.served(publish.id);
    return acceptance === undefined ? [] : { ...publish, acceptance };
  });
}

/** Accepted more than once, for each million pushes accepted at all. */
export function countDoubles(ledger: Ledger): { readonly doubles: number; readonly perMillion: number } {
  const distinct = ledger.accepted.size;
  const doubles = [...ledger.accepted.values()].reduce((sum, { times }) => sum + times - 1, 0);
  return { doubles, perMillion: distinct === 0 ? 0 : Math.round((doubles * 1_000_000) / distinct) };
}

/** Calls accepted by a push service when they were worthless already, seen from outside. */
export function countLateCalls(ledger: Ledger, callMs: number): number {
  return ledger.publishes.filter((one) => {
    const taken = ledger.accepted.get(one.id);
    return one.kind === 'call' && taken !== undefined && taken.firstAt > endOfLife(one, callMs);
  }).length;
}
