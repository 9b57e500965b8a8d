import type { Arbitrary } from 'fast-check';

/**
 * One way in for what comes from outside. Inputs are JSON values (bytes as base64), so that the corpus can keep them as
 * files: `test/fuzz/corpus/<name>/*.json`, one input each.
 */
export interface Target<Input> {
  /** Lower case, with hyphens; the name of its folder in the corpus. */
  readonly name: string;
  /** Built from the shapes of real input, and damaged. */
  readonly inputs: Arbitrary<Input>;
  /** Starts what is fed. Whoever calls it closes the subject. */
  open(): Promise<Subject<Input>>;
}

export interface Subject<Input> {
  /** Settles once everything promised of this input held; rejects with a sentence saying what did not. Many are fed at once. */
  feed(input: Input): Promise<void>;
  /** Stops everything; rejects as `feed` does where a promise about all inputs together was broken. */
  close(): Promise<void>;
  /** What became of the inputs so far, and what was measured, for the report. */
  readonly outcomes?: ReadonlyMap<string, number>;
}
