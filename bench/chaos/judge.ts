import type { Ledger, Publish } from './ledger.ts';

/** What became of a publish; the last four must never be. */
export type Fate =
  /** Answered `result`, and the push service accepted its push. */
  | 'delivered'
  /** Answered `result`; one that was published later to the same device was accepted in its place. */
  | 'replaced'
  /** The same, but the other was sent first and had no answer yet: which one is newer was not for the server to say. */
  | 'overtaken'
  /** Answered `result`, and still in the database. */
  | 'waiting'
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
  'refused',
  'link-lost',
  'lost',
  'removed',
  'wrong answer',
  'unanswered',
];
export const violations: ReadonlySet<Fate> = new Set(['lost', 'removed', 'wrong answer', 'unanswered']);

export interface Evidence {
  /** Nodes for which pushes wait in the database now. */
  readonly waiting: ReadonlySet<string>;
  /** An answer that takes longer, while its link is up, came too late. */
  readonly deadlineMs: number;
}

/** The fate of every publish, in their order. */
export function judge(ledger: Ledger, evidence: Evidence): readonly Fate[] {
  const accepted = acceptedByNode(ledger);
  return ledger.publishes.map((publish) => judgeOne(publish, ledger, accepted.get(publish.node) ?? [], evidence));
}

function judgeOne(publish: Publish, ledger: Ledger, accepted: readonly Publish[], { waiting, deadlineMs }: Evidence): Fate {
  const { end, sentAt } = publish;
  if (end === undefined) return 'unanswered';
  const { answer } = end;
  if (answer.kind === 'link-lost') return 'link-lost';
  if (end.at - sentAt - end.excusedMs > deadlineMs) return 'unanswered';
  if (answer.kind === 'error') return judgeError(answer.type, answer.condition);
  if (ledger.accepted.has(publish.id)) return 'delivered';
  if (accepted.some((other) => other.id > publish.id)) return 'replaced';
  if (accepted.some((other) => mayBeNewer(other, publish))) return 'overtaken';
  return waiting.has(publish.node) ? 'waiting' : 'lost';
}

/** Any other refusal costs registrations at some server; all devices are alive. */
function judgeError(type: string, condition: string): Fate {
  if (type === 'wait' && condition === 'internal-server-error') return 'refused';
  return condition === 'item-not-found' ? 'removed' : 'wrong answer';
}

/** Whether `other`, sent earlier, can have been read later. */
function mayBeNewer(other: Publish, publish: Publish): boolean {
  return other.link !== publish.link && other.end !== undefined && other.end.at > publish.sentAt;
}

function acceptedByNode(ledger: Ledger): ReadonlyMap<string, readonly Publish[]> {
  const accepted = ledger.publishes.filter(({ id }) => ledger.accepted.has(id));
  return Map.groupBy(accepted, ({ node }) => node);
}

/** Accepted more than once, for each million pushes accepted at all. */
export function countDoubles(ledger: Ledger): { readonly doubles: number; readonly perMillion: number } {
  const distinct = ledger.accepted.size;
  const doubles = [...ledger.accepted.values()].reduce((sum, times) => sum + times - 1, 0);
  return { doubles, perMillion: distinct === 0 ? 0 : Math.round((doubles * 1_000_000) / distinct) };
}
