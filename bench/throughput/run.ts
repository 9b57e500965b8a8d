import { readCpuUs } from '../base/cpu-time.ts';
import { median } from '../base/statistics.ts';
import type { MemoryUsage } from '../base/usage.ts';
import type { Figures } from './measure.ts';
import { buildMedians } from './medians.ts';
import { quietFactor, type Plan, type Setting } from './plan.ts';
import { contestants, type Contestant, type Stage } from './stage.ts';

/** Medians over the rounds. */
export interface Row {
  readonly setting: Setting;
  readonly figures: Readonly<Record<Contestant, Figures>>;
  /** The floor's CPU per push: the cheaper of the two library variants, plus node:http2. */
  readonly floorUs: number;
  readonly ratio: number;
  /** Of Reveille and its database after the last round. */
  readonly memory: MemoryUsage;
  /** Pushes that the push service saw from Reveille, all rounds together: as many as were answered. */
  readonly arrived: number;
  /** Share of one core that each process around the contestants used while Reveille was measured. */
  readonly load: Readonly<Record<string, number>>;
}

/** Everything once before it counts: code is compiled, sessions are open. */
export async function warmUp(stage: Stage, plan: Plan): Promise<void> {
  await stage.delay(0);
  for (const contestant of contestants) await stage.measure(contestant, { inFlight: 50, inBursts: false, warmMs: 0, ms: plan.ms });
}

/** All contestants in turn, round after round, so that what disturbs the machine disturbs them alike. */
export async function runSetting(stage: Stage, plan: Plan, setting: Setting): Promise<Row> {
  await stage.delay(setting.delayMs);
  const isQuiet = setting.inFlight * 1000 < 100 * setting.delayMs;
  const interval = { ...setting, warmMs: plan.warmMs, ms: plan.ms * (isQuiet ? quietFactor : 1) };
  const measured: Record<Contestant, Figures[]> = { reveille: [], library: [], 'library-quick': [], http2: [] };
  const load: Record<string, number[]> = {};
  let arrived = 0;
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const contestant of contestants) {
      const watch = watchLoad(stage.around);
      const figures = await stage.measure(contestant, interval);
      measured[contestant].push(figures);
      arrived += figures.arrived ?? 0;
      if (contestant === 'reveille') for (const [name, share] of watch()) (load[name] ??= []).push(share);
    }
  }
  return { ...buildRow(setting, measured), memory: stage.reveille.memory(), arrived, load: buildShares(load) };
}

function watchLoad(processes: Stage['around']): () => [string, number][] {
  const startedAt = performance.now();
  const before = Object.entries(processes).map(([name, pid]) => ({ name, pid, usedUs: readCpuUs(pid) }));
  return () => {
    const tookUs = (performance.now() - startedAt) * 1000;
    return before.map(({ name, pid, usedUs }) => [name, (readCpuUs(pid) - usedUs) / tookUs]);
  };
}

function buildShares(load: Readonly<Record<string, number[]>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(load).map(([name, values]) => [name, median(values)]));
}

function buildRow(setting: Setting, measured: Record<Contestant, Figures[]>): Pick<Row, 'setting' | 'figures' | 'floorUs' | 'ratio'> {
  const figures = {
    reveille: buildMedians(measured.reveille),
    library: buildMedians(measured.library),
    'library-quick': buildMedians(measured['library-quick']),
    http2: buildMedians(measured.http2),
  };
  const floorUs = Math.min(figures.library.cpuUsPerPush, figures['library-quick'].cpuUsPerPush) + figures.http2.cpuUsPerPush;
  return { setting, figures, floorUs, ratio: figures.reveille.cpuUsPerPush / floorUs };
}
