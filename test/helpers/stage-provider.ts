import type { Outcome, Provider, Push } from '../../src/index.ts';

/** A push service in the hands of a test: what it answers, and what came in. */
export interface Stage {
  answer: (push: Push, signal: AbortSignal) => Outcome | Promise<Outcome>;
  /** Every try, oldest first. */
  readonly tries: Push[];
  /** Those it accepted. */
  readonly accepted: Push[];
}

const stages = new Map<string, Stage>();

export const accepted: Outcome = { kind: 'accepted' };
export const unavailable: Outcome = { kind: 'retry', reason: 'ServiceUnavailable' };

/** The stage of this name; every provider whose options name it plays there, of whatever instance in this process. */
export function stageOf(name: string): Stage {
  const stage = stages.get(name) ?? { answer: () => accepted, tries: [], accepted: [] };
  stages.set(name, stage);
  return stage;
}

/** Settles as unavailable when the signal aborts, as a well-behaved provider does. */
export function hang(signal: AbortSignal): Promise<Outcome> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(unavailable);
    signal.addEventListener('abort', () => resolve(unavailable), { once: true });
  });
}

export const stageProvider = new URL(import.meta.url).pathname;

export default function create(options: unknown): Provider {
  const stage = stageOf((options as { stage: string }).stage);
  return {
    push: async (push, signal) => {
      stage.tries.push(push);
      const outcome = await stage.answer(push, signal);
      if (outcome.kind === 'accepted') stage.accepted.push(push);
      return outcome;
    },
    status: () => ({ ready: true }),
    close: async () => undefined,
  };
}
