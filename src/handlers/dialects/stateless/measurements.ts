/** What a push for an app that never registered came to. */
export type StatelessEnd =
  | 'accepted'
  /** The token had its push a moment ago: this one waits for its turn. */
  | 'throttled'
  /** And took the place of one that waited. */
  | 'replaced'
  /** The token is dead, as the push service said now or lately. */
  | 'dead'
  | 'temporary'
  /** What it named (a module, a token, an address), or whoever sent it, would not do; or the push service refused it for good. */
  | 'refused';

/** Where it is counted; see `Measurements`. Never throws. */
export interface StatelessMeasurements {
  stateless(dialect: string, end: StatelessEnd): void;
}
