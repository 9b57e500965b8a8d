import { readCpuUs } from '../base/cpu-time.ts';
import type { Figures } from './measure.ts';
import { quietFactor, type Plan, type Setting } from './plan.ts';
import { subjects, type Stage, type Subject } from './stage.ts';
import { median } from '../base/statistics.ts';

/** Medians over the rounds. */
export interface Row {
  readonly setting: Setting;
  readonly figures: Readonly<Record<Subject, Figures>>;
  /** The floor's CPU per push: the cheaper of the two library variants, plus node:http2. */
  readonly floorUs: number;
  readonly ratio: number;
  /** Share of one core that each process around the subjects used while Reveille was measured. */
  readonly load: Readonly<Record<string, number>>;
}

/** Everything once before it counts: code is compiled, sessions are open. */
export async function warmUp(stage: Stage, plan: Plan): Promise<void> {
  await stage.delay(0);
  for (const subject of subjects) await stage.measure(subject, { inFlight: 50, inBursts: false, warmMs: 0, ms: plan.ms });
}

/** All subjects in turn, round after round, so that what disturbs the machine disturbs them alike. */
export async function runSetting(stage: Stage, plan: Plan, setting: Setting): Promise<Row> {
  await stage.delay(setting.delayMs);
  const isQuiet = setting.inFlight * 1000 < 100 * setting.delayMs;
  const interval = { ...setting, warmMs: plan.warmMs, ms: plan.ms * (isQuiet ? quietFactor : 1) };
  const measured: Record<Subject, Figures[]> = { reveille: [], library: [], 'library-quick': [], http2: [] };
  const load: Record<string, number[]> = {};
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const subject of subjects) {
      const watch = watchLoad(stage.around);
      measured[subject].push(await stage.measure(subject, interval));
      if (subject === 'reveille') for (const [name, share] of watch()) (load[name] ??= []).push(share);
    }
  }
  return buildRow(setting, measured, load);
}

function watchLoad(processes: Stage['around']): () => [string, number][] {
  const startedAt = performance.now();
  const before = Object.entries(processes).map(([name, pid]) => ({ name, pid, usedUs: readCpuUs(pid) }));
  return () => {
    const tookUs = (performance.now() - startedAt) * 1000;
    return before.map(({ name, pid, usedUs }) => [name, (readCpuUs(pid) - usedUs) / tookUs]);
  };
}

function buildRow(setting: Setting, measured: Record<Subject, Figures[]>, load: Record<string, number[]>): Row {
  const figures = {
    reveille: buildMedian(measured.reveille),
    library: buildMedian(measured.library),
    'library-quick': buildMedian(measured['library-quick']),
    http2: buildMedian(measured.http2),
  };
  const floorUs = Math.min(figures.library.cpuUsPerPush, figures['library-quick'].cpuUsPerPush) + figures.http2.cpuUsPerPush;
  const shares = Object.entries(load).map(([name, values]) => [name, median(values)] as const);
  return { setting, figures, floorUs, ratio: figures.reveille.cpuUsPerPush / floorUs, load: Object.fromEntries(shares) };
}

function buildMedian(rounds: readonly Figures[]): Figures {
  const of = (key: keyof Figures) => median(rounds.map((figures) => figures[key]));
  return { perSecond: of('perSecond'), cpuUsPerPush: of('cpuUsPerPush'), p50Ms: of('p50Ms'), p99Ms: of('p99Ms') };
}
