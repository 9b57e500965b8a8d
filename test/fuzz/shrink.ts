import { asyncProperty, check } from 'fast-check';
import type { Drawn } from './draw.ts';
import type { Subject, Target } from './target.ts';

const limitMs = 90_000;

/** What is left of an input that broke a promise, fed to a new subject alone. */
export type Shrunk =
  | { readonly kind: 'shrunk'; readonly input: unknown; readonly reason: string }
  /** Alone it breaks nothing: it takes the others that were fed at the same time. */
  | { readonly kind: 'not-alone' };

/** Looks for the smallest input that still breaks a promise, for a minute and a half at most. */
export async function shrink(target: Target<unknown>, { seed, index }: Drawn): Promise<Shrunk> {
  const subject = await target.open();
  const property = asyncProperty(target.inputs, (input) => subject.feed(input));
  try {
    const details = await check(property, { seed, path: String(index), numRuns: 1, interruptAfterTimeLimit: limitMs });
    if (details.counterexample === null) return { kind: 'not-alone' };
    return { kind: 'shrunk', input: details.counterexample[0], reason: reasonOf(details.errorInstance) };
  } finally {
    await closeQuietly(subject);
  }
}

/** The sentence that a subject rejected with. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What it says at its end was said of the run already. */
async function closeQuietly(subject: Subject<unknown>): Promise<void> {
  await subject.close().catch(() => undefined);
}
