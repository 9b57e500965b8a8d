import { setTimeout as pause } from 'node:timers/promises';
import type { Fate } from '../../../bench/chaos/report/judge.ts';
import { waitFor } from '../../helpers/wait-for.ts';
import type { Sample } from './instance-slot.ts';
import type { Crowd } from './open-crowd.ts';

export interface OutagePlan {
  readonly perSecond: number;
  readonly outageMs: number;
  /** Between two samples. */
  readonly sampleMs: number;
}

/** A sample of the time in which the push service was down. */
export interface TimedSample extends Sample {
  readonly atMs: number;
}

/** What came of it. Nothing is judged here. */
export interface OutageReport {
  readonly messages: number;
  readonly fates: Readonly<Partial<Record<Fate, number>>>;
  /** Those fates that must never be. */
  readonly broken: Readonly<Partial<Record<Fate, number>>>;
  readonly samples: readonly TimedSample[];
  /** Users with a waiting push when the service came back. */
  readonly backlog: number;
  /** From then until nothing waited any more, while messages went on coming. */
  readonly recoveryMs: number;
  readonly registered: { readonly before: number; readonly after: number };
  /** Users whose phones don't wake any more. */
  readonly sleepers: readonly string[];
}

const calmMs = 3_000;
/** A breaker rests for a minute at most, a push for five; both only after much longer outages than ours. */
const recoveryLimitMs = 420_000;

/** The push service fails for a while, as messages come to one user after the other, before, meanwhile and afterwards. */
export async function sufferOutage(crowd: Crowd, { perSecond, outageMs, sampleMs }: OutagePlan): Promise<OutageReport> {
  const { book, senders, devices, pushService } = crowd;
  const before = await crowd.countRegistered();
  const enough = new AbortController();
  const load = senders.writeSteadily(devices, perSecond, enough.signal);
  await pause(calmMs);
  pushService.setDown(true);
  const samples = await takeSamples(crowd, outageMs, sampleMs);
  const backlog = await crowd.countWaiting();
  const backAt = performance.now();
  pushService.setDown(false);
  await emptied(crowd);
  const recoveryMs = performance.now() - backAt;
  enough.abort();
  await load;
  await senders.settled();
  await emptied(crowd);
  const sleepers = await crowd.findSleepers();
  await book.close();
  const registered = { before, after: await crowd.countRegistered() };
  return { messages: senders.sent, fates: book.judge(), broken: book.judgeBroken(), samples, backlog, recoveryMs, registered, sleepers };
}

const emptied = (crowd: Crowd) => waitFor('the end of the backlog', async () => (await crowd.countWaiting()) === 0, recoveryLimitMs);

async function takeSamples({ instances }: Crowd, forMs: number, everyMs: number): Promise<readonly TimedSample[]> {
  const since = performance.now();
  const samples: TimedSample[] = [];
  for (let due = 0; due <= forMs; due += everyMs) {
    await pause(Math.max(0, since + due - performance.now()));
    samples.push({ ...(await instances[0].measure()), atMs: performance.now() - since });
  }
  return samples;
}
