import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../base/random.ts';
import { Absences } from '../endurance/absences.ts';
import { collectGarbage } from '../endurance/report/collection.ts';
import { emptyBacklog, findMissing } from '../endurance/conclude.ts';
import { judge } from '../endurance/fates.ts';
import { Population } from '../endurance/population.ts';
import type { Report } from '../endurance/report/report.ts';
import { takeSamples } from '../endurance/report/sampler.ts';
import { answerWithinMs, openStage, voipTtlMs, type Stage } from '../endurance/stage/stage.ts';
import { Traffic } from '../endurance/traffic.ts';
import { buildReport } from './build-report.ts';
import type { OutageOptions, Course } from './findings.ts';

const scrapeEveryMs = 5_000;
const drainLimitMs = 420_000;
const drainLookMs = 200;

/** APNs is away for a while under load, FCM is not; settles when everything it started has ended. */
export async function runOutage(options: OutageOptions): Promise<Report> {
  const traffic = new Traffic();
  const stage = await openStage({ onAccepted: (service, sender) => traffic.accepted(service, sender), nodeOptions: options.nodeOptions });
  try {
    return await Promise.race([runOn(stage, traffic, options), stage.reveille.failed]);
  } finally {
    await stage.close();
  }
}

async function runOn(stage: Stage, traffic: Traffic, options: OutageOptions): Promise<Report> {
  const random = createRandom(options.seed);
  const population = new Population(stage, random);
  traffic.join(stage, population, random);
  options.onPhase?.(`registering ${options.devices} devices`);
  await population.registerMany(options.devices);
  const ended = new AbortController();
  const watched = takeSamples(stage, traffic.totals, scrapeEveryMs, ended.signal);
  const cpu = process.cpuUsage();
  const absences = new Absences(stage, traffic);
  const course = await passThrough(stage, traffic, absences, options);
  const { user, system } = process.cpuUsage(cpu);
  const shareOfCore = (user + system) / 1_000 / (performance.now() - course.startedAt);
  const waiting = await emptyBacklog(stage, traffic);
  const evidence = { devices: population.devices, absences: absences.all, waiting, voipTtlMs, deadlineMs: answerWithinMs };
  const judged = judge(traffic.book, evidence);
  ended.abort();
  const samples = await watched;
  options.onPhase?.('does every registration live?');
  const missing = await findMissing(traffic, population);
  const inDatabase = await stage.backlog.countDevices();
  return buildReport({
    options,
    course,
    traffic,
    population,
    judged,
    missing,
    inDatabase,
    samples,
    warnings: stage.reveille.countWarnings(),
    shareOfCore,
  });
}

async function passThrough({ backlog, reveille }: Stage, traffic: Traffic, absences: Absences, options: OutageOptions): Promise<Course> {
  const { ms, calmMs, perSecond, manner, onPhase } = options;
  const stop = new AbortController();
  const startedAt = performance.now();
  const load = traffic.publishSteadily(perSecond, stop.signal);
  onPhase?.('calm');
  await sleep(calmMs);
  onPhase?.(`APNs is away (${manner})`);
  const absence = await absences.begin('apns', manner);
  const first = await collectGarbage(reveille);
  await sleep(ms - (performance.now() - absence.from));
  const last = await collectGarbage(reveille);
  const mendedAt = performance.now();
  const mended = new Date();
  await absences.end(absence);
  onPhase?.('APNs is back');
  const drained = waitUntilDrained(() => backlog.countOlder('apns', mended));
  await sleep(calmMs);
  stop.abort();
  await load;
  const loadEndedAt = performance.now();
  onPhase?.('the load has stopped');
  return {
    startedAt,
    brokenAt: absence.from,
    mendedAt,
    drainedAt: await drained,
    recoveredAt: absence.to,
    loadEndedAt,
    collected: [first, last],
  };
}

/** Infinity where it takes too long. */
async function waitUntilDrained(count: () => Promise<number>): Promise<number> {
  const limit = performance.now() + drainLimitMs;
  while (performance.now() < limit) {
    if ((await count()) === 0) return performance.now();
    await sleep(drainLookMs);
  }
  return Infinity;
}
