import { percentile } from '../../base/statistics.ts';
import type { Book } from '../book.ts';
import type { Device, ServiceName } from '../device.ts';
import type { Window } from './window.ts';

export interface Latency {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly longestMs: number;
}

/** How long the answers took to publishes of this service's devices sent in the window; NaN where there are none. */
export function measureLatency(book: Book, devices: readonly Device[], service: ServiceName, [from, to]: Window): Latency {
  const took: number[] = [];
  for (const { device, sentAt, answer, answeredAt } of book.entries())
    if (sentAt >= from && sentAt < to && answer !== 'link-lost' && devices[device]?.service === service && answeredAt > 0)
      took.push(answeredAt - sentAt);
  if (took.length === 0) return { p50Ms: NaN, p99Ms: NaN, longestMs: NaN };
  took.sort((a, b) => a - b);
  return { p50Ms: percentile(took, 0.5), p99Ms: percentile(took, 0.99), longestMs: took.at(-1) ?? NaN };
}
