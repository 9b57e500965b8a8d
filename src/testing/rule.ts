import type { ProviderUnderTest } from './provider-under-test.ts';
import type { Trial } from './trial.ts';

/** A sentence about every provider, and how to see whether it is true. */
export interface Rule {
  readonly name: string;
  /** Rejects with what is wrong. */
  check(trial: Trial): Promise<void>;
}

/** Rules that depend on what is to be tested. */
export type BuildRules = (subject: ProviderUnderTest) => readonly Rule[];
