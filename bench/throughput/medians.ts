import { median } from '../base/statistics.ts';
import type { Figures } from './measure.ts';

/** Medians over the rounds, but for the exchanges that ended: those are added up. */
export function buildMedians(rounds: readonly Figures[]): Figures {
  const of = (key: keyof Figures) => median(rounds.map((figures) => figures[key]));
  return {
    perSecond: of('perSecond'),
    cpuUsPerPush: of('cpuUsPerPush'),
    databaseUsPerPush: of('databaseUsPerPush'),
    p50Ms: of('p50Ms'),
    p99Ms: of('p99Ms'),
    ended: rounds.reduce((sum, { ended }) => sum + ended, 0),
  };
}
