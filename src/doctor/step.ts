/** What was tried and what came of it; a step whose precondition failed is skipped. No secrets. */
export type StepResult =
  | { readonly verdict: 'ok' | 'warning' | 'failed'; readonly tried: string; readonly found: string; readonly advice?: string | undefined }
  /** `found` says why. */
  | { readonly verdict: 'skipped'; readonly found: string };

export type Verdict = StepResult['verdict'];

/** A numbered step on the way of a stanza. */
export type Step = StepResult & { readonly number: number; readonly title: string };

/** A result that has its title and waits for its number. */
export type Titled = StepResult & { readonly title: string };

export function skip(found: string): StepResult {
  return { verdict: 'skipped', found };
}
