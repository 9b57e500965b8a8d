/** What is read once a second: counts since the start, and what waits now. */
export interface Snapshot {
  readonly totals: {
    readonly publishes: number;
    readonly results: number;
    readonly accepted: number;
    readonly gone: number;
    readonly retried: number;
    readonly rejected: number;
    readonly deadTokens: number;
    readonly answerBounds: readonly number[];
    readonly answersWithin: readonly number[];
  };
  readonly waiting: number;
}
