import type { Totals } from '../../metrics/totals.ts';

/** What is read once a second: counts since the start, and what waits now. */
export interface Snapshot {
  readonly totals: Totals;
  readonly waiting: number;
}
