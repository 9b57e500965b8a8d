import { setTimeout as wait } from 'node:timers/promises';
import { percentile } from '../base/statistics.ts';
import { readCpu, type Measured } from '../base/usage.ts';

export interface Load {
  readonly inFlight: number;
  /** Nothing new until all are answered: what a groupchat does, and what shows who waits for acknowledgements. */
  readonly inBursts: boolean;
  /** Evenly so many a second, whether or not those before are answered, as long as no more than `inFlight` are; undefined: as many as are answered. */
  readonly perSecond?: number | undefined;
}

/** Something that keeps a number of exchanges in flight. */
export interface Workload {
  /** Milliseconds that each exchange took, since the last time this was emptied. */
  latencies: number[];
  /** Exchanges that ended in anything but success. */
  failures: number;
  /** Exchanges that ended, however they did. */
  ended: number;
  start(load: Load): void;
  /** Starts nothing more; settles when nothing is in flight, rejects when that takes too long. */
  stop(): Promise<void>;
}

export interface Interval extends Load {
  /** Runs before anything is counted. */
  readonly warmMs: number;
  readonly ms: number;
}

export interface Figures {
  readonly perSecond: number;
  /** Of the program alone. */
  readonly cpuUsPerPush: number;
  /** Of its database; 0 where it has none. */
  readonly databaseUsPerPush: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** All exchanges that ended, those before and after the interval included. */
  readonly ended: number;
}

const patienceMs = 10_000;

/** What the workload gets done in the interval, and what that costs those who are measured. Rejects where an exchange failed. */
export async function measure(workload: Workload, measured: Measured, interval: Interval): Promise<Figures> {
  workload.failures = 0;
  workload.ended = 0;
  workload.start(interval);
  await wait(interval.warmMs);
  const before = readCpu(measured);
  workload.latencies = [];
  const startedAt = performance.now();
  await wait(interval.ms);
  // On a machine with other work a short interval may see nothing end.
  for (const limit = performance.now() + patienceMs; workload.latencies.length === 0 && performance.now() < limit;) await wait(5);
  const latencies = Float64Array.from(workload.latencies);
  const tookMs = performance.now() - startedAt;
  const after = readCpu(measured);
  await workload.stop();
  if (workload.failures > 0 || latencies.length === 0)
    throw new Error(`${workload.failures} failures, ${latencies.length} successes: the figures would mean nothing`);
  latencies.sort();
  return {
    perSecond: (latencies.length * 1000) / tookMs,
    cpuUsPerPush: (after.programUs - before.programUs) / latencies.length,
    databaseUsPerPush: (after.databaseUs - before.databaseUs) / latencies.length,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    ended: workload.ended,
  };
}

/** Settles when nothing is in flight any more; rejects after `limitMs`. */
export async function untilIdle(inFlight: () => number, limitMs = 10_000): Promise<void> {
  const limit = Date.now() + limitMs;
  while (inFlight() > 0) {
    if (Date.now() > limit) throw new Error(`${inFlight()} exchanges never ended`);
    await wait(5);
  }
}
