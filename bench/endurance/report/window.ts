import { median } from '../../base/statistics.ts';
import type { Sample } from './sampler.ts';

export type Window = readonly [from: number, to: number];

export function within(samples: readonly Sample[], [from, to]: Window): readonly Sample[] {
  return samples.filter(({ at }) => from <= at && at <= to);
}

export function medianRssMb(samples: readonly Sample[]): number {
  return median(samples.map(({ rssMb }) => rssMb));
}

/** How much faster than not at all resident memory grew, in MB a minute: the slope of the line of least squares. */
export function slopeMbPerMinute(samples: readonly Sample[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const minutes = samples.map(({ at }) => at / 60_000);
  const middle = mean(minutes);
  const rss = mean(samples.map(({ rssMb }) => rssMb));
  const covariance = samples.reduce((sum, { at, rssMb }) => sum + (at / 60_000 - middle) * (rssMb - rss), 0);
  const variance = minutes.reduce((sum, minute) => sum + (minute - middle) ** 2, 0);
  return variance === 0 ? 0 : covariance / variance;
}

/** Whether memory at the end is what it was: at most a tenth or `slackMb` more. */
export function isFlat(firstMb: number, lastMb: number, slackMb: number): boolean {
  return lastMb - firstMb <= Math.max(firstMb / 10, slackMb);
}
