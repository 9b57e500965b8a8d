import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../base/random.ts';
import { Absences } from '../endurance/absences.ts';
import { collectGarbage } from '../endurance/report/collection.ts';
import { judge } from '../endurance/fates.ts';
import { Population } from '../endurance/population.ts';
import type { Report } from '../endurance/report/report.ts';
import { answerWithinMs, openStage, voipTtlMs, type Stage } from '../endurance/stage/stage.ts';
import { Traffic } from '../endurance/traffic.ts';
import { buildReport } from './build-report.ts';
import { WaitingPushes } from './waiting-pushes.ts';
import { watch } from './watch.ts';
import type { BacklogOptions, Phase, Course } from './findings.ts';

/** What all of the run works with. */
interface Run {
  readonly stage: Stage;
  readonly traffic: Traffic;
  readonly population: Population;
  readonly absences: Absences;
  readonly waiting: WaitingPushes;
  readonly options: BacklogOptions;
}

const warmUpMs = 10_000;
const restMs = 5_000;
const answerLimitMs = 60_000;
/** The longest backoff of a push is five minutes. */
const newLimitMs = 420_000;
const lookMs = 200;

/** So many wait for APNs, which is away and comes back; settles when everything it started has ended. */
export async function runBacklog(options: BacklogOptions): Promise<Report> {
  const traffic = new Traffic();
  let waiting: WaitingPushes | undefined;
  const stage = await openStage({
    onAccepted: (service, sender) => {
      if (waiting?.accepted(sender) !== true) traffic.accepted(service, sender);
    },
  });
  try {
    waiting = new WaitingPushes(stage.databaseUrl, stage.services.apns.provider, options.waiting);
    return await Promise.race([runOn(stage, traffic, waiting, options), stage.reveille.failed]);
  } finally {
    await waiting?.close();
    await stage.close();
  }
}

async function runOn(stage: Stage, traffic: Traffic, waiting: WaitingPushes, options: BacklogOptions): Promise<Report> {
  const random = createRandom(options.seed);
  const population = new Population(stage, random);
  traffic.join(stage, population, random);
  const run = { stage, traffic, population, waiting, options, absences: new Absences(stage, traffic) };
  options.onPhase?.(`registering ${options.devices} devices, adding ${options.waiting}`);
  await population.registerMany(options.devices);
  await waiting.addDevices();
  const ended = new AbortController();
  const watched = watch(stage, waiting, ended.signal);
  const course = await passThrough(run);
  ended.abort();
  options.onPhase?.('do the new ones arrive?');
  const late = await awaitNew(waiting);
  const evidence = { devices: population.devices, absences: run.absences.all, waiting: late, voipTtlMs, deadlineMs: answerWithinMs };
  const judged = judge(traffic.book, evidence);
  return buildReport({ ...run, ...course, judged, looks: await watched, warnings: stage.reveille.countWarnings() });
}

async function passThrough(run: Run): Promise<Course> {
  const { absences, waiting, options } = run;
  await publish(run, 'warm-up', warmUpMs);
  const calm = await publish(run, 'nothing waits', options.calmMs);
  const absence = await absences.begin('apns', '503');
  options.onPhase?.(`putting ${options.waiting} pushes`);
  const startedAt = performance.now();
  await waiting.fill();
  const fillMs = performance.now() - startedAt;
  await sleep(restMs);
  const away = await publish(run, 'all wait, APNs away', options.calmMs);
  const leftBefore = await waiting.countLeft();
  await absences.end(absence);
  const drain = await publish(run, 'APNs back, draining', options.drainMs, () => waiting.drained >= leftBefore);
  const rest = await restAwhile(run);
  return { phases: [calm, away, drain, rest], drain, fillMs, leftBefore };
}

/** APNs is away once more: what is in use then was kept, and is not the work of the drain. */
async function restAwhile(run: Run): Promise<Phase> {
  const absence = await run.absences.begin('apns', '503');
  await sleep(restMs);
  const rest = await publish(run, 'APNs away again', restMs);
  await run.absences.end(absence);
  return rest;
}

/** Steady load for so long, or until it is enough; the process is looked at before the last answers are waited for. */
async function publish({ stage, traffic, options }: Run, name: string, ms: number, isEnough = () => false): Promise<Phase> {
  options.onPhase?.(name);
  const stop = new AbortController();
  const from = performance.now();
  const load = traffic.publishSteadily(options.perSecond, stop.signal);
  while (performance.now() < from + ms && !isEnough()) await sleep(lookMs);
  const to = performance.now();
  stop.abort();
  await load;
  const collected = await collectGarbage(stage.reveille);
  await traffic.answered(answerLimitMs);
  return { name, window: [from, to], collected };
}

/** Settles when none of the new ones waits any more, or with the nodes for which one still does. */
async function awaitNew(waiting: WaitingPushes): Promise<ReadonlySet<string>> {
  const limit = performance.now() + newLimitMs;
  let late = await waiting.readNew();
  while (late.size > 0 && performance.now() < limit) {
    await sleep(restMs);
    late = await waiting.readNew();
  }
  return late;
}
