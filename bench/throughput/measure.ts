import { setTimeout as wait } from 'node:timers/promises';
import { readCpuUs } from '../base/cpu-time.ts';
import { percentile } from '../base/statistics.ts';

export interface Load {
  readonly inFlight: number;
  /** Nothing new until all are answered: what a groupchat does, and what shows who waits for acknowledgements. */
  readonly inBursts: boolean;
}

/** Something that keeps a number of exchanges in flight. */
export interface Workload {
  /** Milliseconds that each exchange took, since the last time this was emptied. */
  latencies: number[];
  /** Exchanges that ended in anything but success. */
  failures: number;
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
  readonly cpuUsPerPush: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** What the workload gets done in the interval, and what that costs process `pid`. Rejects where an exchange failed. */
export async function measure(workload: Workload, pid: number, interval: Interval): Promise<Figures> {
  workload.failures = 0;
  workload.start(interval);
  await wait(interval.warmMs);
  workload.latencies = [];
  const startedAt = performance.now();
  const cpuUs = readCpuUs(pid);
  await wait(interval.ms);
  const latencies = Float64Array.from(workload.latencies);
  const tookMs = performance.now() - startedAt;
  const usedUs = readCpuUs(pid) - cpuUs;
  await workload.stop();
  if (workload.failures > 0 || latencies.length === 0)
    throw new Error(`${workload.failures} failures, ${latencies.length} successes: the figures would mean nothing`);
  latencies.sort();
  return {
    perSecond: (latencies.length * 1000) / tookMs,
    cpuUsPerPush: usedUs / latencies.length,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
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
