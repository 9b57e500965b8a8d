import { WaitingPushes } from '../backlog/waiting-pushes.ts';
import { openShared } from '../throughput/shared-database.ts';
import { openAround } from '../throughput/around.ts';
import { fillDevices, meetDevices } from '../throughput/fill-devices.ts';
import { secret } from '../throughput/reveille.ts';
import { openSubject, provider } from '../throughput/subject.ts';
import type { GrowthPlan } from './plan.ts';
import { load, rest, type Point } from './point.ts';

/** Measures all points of one kind, and says what it does. Whatever is started is left to `cleanUp`. */
export type Series = (
  plan: GrowthPlan,
  built: string,
  say: (what: string) => void,
  cleanUp: AsyncDisposableStack,
) => Promise<readonly Point[]>;

const domain = 'push.example.org';
/** Longer than the bench: they stay. */
const dueInMs = 3_600_000;

/** One instance, its embedded database holding ever more devices. */
export const growDevices: Series = async (plan, built, say, cleanUp) => {
  const around = await openAround(cleanUp);
  let subject = await openSubject(around, { domain, built }, cleanUp);
  const points: Point[] = [];
  let there = 0;
  for (const devices of plan.devices) {
    say(`${devices} devices`);
    await fillDevices(subject.databaseUrl, there, devices);
    there = devices;
    subject = await subject.restart();
    const idle = await rest(subject, plan);
    await meetDevices(around, subject, Math.min(devices, plan.known));
    const loaded = await load(subject, plan, plan.inFlight);
    points.push({ devices, processes: 1, publishers: plan.inFlight, backlog: 0, startMs: subject.startMs, idle, ...loaded });
  }
  await subject.close();
  return points;
};

/** One and two processes on one PostgreSQL, with ever more publishes in flight. */
export const growPublishers: Series = async (plan, built, say, cleanUp) => {
  const around = await openAround(cleanUp);
  const database = await openShared(cleanUp);
  const points: Point[] = [];
  for (const processes of [1, 2]) {
    const subject = await openSubject(around, { domain, built, database, processes }, cleanUp);
    if (processes === 1) await fillDevices(database.url, 0, plan.known);
    const idle = await rest(subject, plan);
    await meetDevices(around, subject, plan.known);
    for (const publishers of plan.publishers) {
      say(`${publishers} publishers, processes: ${processes}`);
      const loaded = await load(subject, plan, publishers);
      points.push({ devices: plan.known, processes, publishers, backlog: 0, startMs: subject.startMs, idle, ...loaded });
    }
    await subject.close();
  }
  return points;
};

/** One instance, with ever more pushes that wait for later. */
export const growBacklog: Series = async (plan, built, say, cleanUp) => {
  const around = await openAround(cleanUp);
  const points: Point[] = [];
  for (const backlog of plan.backlogs) {
    say(`${backlog} waiting pushes`);
    const first = await openSubject(around, { domain, built }, cleanUp);
    await fillDevices(first.databaseUrl, 0, plan.known);
    await fillBacklog(first.databaseUrl, backlog);
    const subject = await first.restart();
    const idle = await rest(subject, plan);
    await meetDevices(around, subject, plan.known);
    const loaded = await load(subject, plan, plan.inFlight);
    points.push({ devices: plan.known, processes: 1, publishers: plan.inFlight, backlog, startMs: subject.startMs, idle, ...loaded });
    await subject.close();
  }
  return points;
};

async function fillBacklog(databaseUrl: string, backlog: number): Promise<void> {
  if (backlog === 0) return;
  const waiting = new WaitingPushes(databaseUrl, provider, backlog, { sealedWith: secret, dueInMs });
  try {
    await waiting.addDevices();
    await waiting.fill();
  } finally {
    await waiting.close();
  }
}
