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
import { buildHabits, live } from './everyday.ts';
import type { SoakOptions } from './findings.ts';

/** Until then the heap finds its size and the bounded memories fill; of a short run, a sixth. */
const warmMs = 300_000;
/** As Prometheus does. */
const scrapeEveryMs = 15_000;

/** Steady load and everyday events; settles when everything it started has ended. */
export async function runSoak(options: SoakOptions): Promise<Report> {
  const traffic = new Traffic();
  const stage = await openStage({ onAccepted: (service, sender) => traffic.accepted(service, sender), nodeOptions: options.nodeOptions });
  try {
    return await Promise.race([runOn(stage, traffic, options), stage.reveille.failed]);
  } finally {
    await stage.close();
  }
}

async function runOn(stage: Stage, traffic: Traffic, options: SoakOptions): Promise<Report> {
  const { ms, perSecond, devices, seed, onPhase } = options;
  const random = createRandom(seed);
  const population = new Population(stage, random);
  const absences = new Absences(stage, traffic);
  traffic.join(stage, population, random);
  onPhase?.(`registering ${devices} devices`);
  await population.registerMany(devices);
  const watching = new AbortController();
  const watched = takeSamples(stage, traffic.totals, scrapeEveryMs, watching.signal);
  onPhase?.('load');
  const loading = new AbortController();
  const startedAt = performance.now();
  const cpu = process.cpuUsage();
  const habits = buildHabits({ stage, population, absences, random });
  const everyday = Promise.all([live(habits, random, ms, loading.signal), traffic.publishSteadily(perSecond, loading.signal)]);
  const refersAt = startedAt + Math.min(warmMs, ms / 6);
  await Promise.race([sleep(refersAt - startedAt), everyday]);
  const first = await collectGarbage(stage.reveille);
  await Promise.race([sleep(startedAt + ms - performance.now()), everyday]);
  const last = await collectGarbage(stage.reveille);
  loading.abort();
  const { user, system } = process.cpuUsage(cpu);
  const endedAt = performance.now();
  const [events] = await everyday;
  onPhase?.('the load has stopped');
  const waiting = await emptyBacklog(stage, traffic);
  const evidence = { devices: population.devices, absences: absences.all, waiting, voipTtlMs, deadlineMs: answerWithinMs };
  const judged = judge(traffic.book, evidence);
  watching.abort();
  const samples = await watched;
  onPhase?.('does every registration live?');
  const missing = await findMissing(traffic, population);
  const shareOfCore = (user + system) / 1_000 / (endedAt - startedAt);
  return buildReport({
    options,
    startedAt,
    refersAt,
    endedAt,
    collected: [first, last],
    traffic,
    population,
    absences: absences.all,
    judged,
    missing,
    samples,
    events,
    warnings: stage.reveille.countWarnings(),
    shareOfCore,
  });
}
