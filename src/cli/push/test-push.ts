import type { Outcome, Provider, Push } from '../../push/provider/provider.ts';

/** What came of a test push: the provider's outcome, or why there is none. */
export type Verdict =
  | Outcome
  /** Nothing in time; `reason` where the provider could still tell what it was waiting for. */
  | { readonly kind: 'no-answer'; readonly reason?: string }
  /** The provider has a bug. */
  | { readonly kind: 'failed'; readonly reason: string; readonly error?: unknown }
  /** `isUnderWay` where the push may have gone out. */
  | { readonly kind: 'interrupted'; readonly isUnderWay: boolean };

export const answerLimitMs = 15_000;
/** For the provider to say, once it is told to stop, what kept it. */
const lastWordMs = 2_000;

const outcomeKinds: readonly unknown[] = ['accepted', 'gone', 'rejected', 'retry'] satisfies Outcome['kind'][];

/** Sends one push. Settles within the limit whatever the provider does, at once when `interrupt` aborts; never rejects. */
export async function sendTestPush(provider: Provider, push: Push, interrupt: AbortSignal): Promise<Verdict> {
  if (interrupt.aborted) return { kind: 'interrupted', isUnderWay: false };
  const stop = new AbortController();
  const { promise: given, resolve: settle } = Promise.withResolvers<Verdict>();
  const onInterrupt = () => settle({ kind: 'interrupted', isUnderWay: true });
  interrupt.addEventListener('abort', onInterrupt);
  const limit = setTimeout(() => stop.abort(), answerLimitMs);
  const end = setTimeout(() => settle({ kind: 'no-answer' }), answerLimitMs + lastWordMs);
  try {
    return await Promise.race([given, ask(provider, push, stop.signal)]);
  } finally {
    clearTimeout(limit);
    clearTimeout(end);
    interrupt.removeEventListener('abort', onInterrupt);
    stop.abort();
  }
}

async function ask(provider: Provider, push: Push, signal: AbortSignal): Promise<Verdict> {
  const dueAt = performance.now() + answerLimitMs;
  try {
    const outcome = parseOutcome(await provider.push(push, signal));
    // The provider's own limit may be the same, and on a busy machine its timer the first to fire.
    const isLate = signal.aborted || performance.now() >= dueAt;
    return isLate && outcome.kind === 'retry' ? { kind: 'no-answer', reason: outcome.reason } : outcome;
  } catch (error) {
    // A provider that passes the signal on to fetch throws what fetch throws.
    if (signal.aborted) return { kind: 'no-answer' };
    return { kind: 'failed', reason: error instanceof Error ? error.message : String(error), error };
  }
}

/** A third party's module may return anything. */
function parseOutcome(outcome: Outcome | undefined): Verdict {
  return outcomeKinds.includes(outcome?.kind) && outcome !== undefined
    ? outcome
    : { kind: 'failed', reason: 'it returned something that is no outcome' };
}
