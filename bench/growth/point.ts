import { setTimeout as wait } from 'node:timers/promises';
import type { MemoryUsage } from '../base/usage.ts';
import type { Figures } from '../throughput/measure.ts';
import { buildMedians } from '../throughput/medians.ts';
import type { CountedFigures, Subject } from '../throughput/subject.ts';
import type { GrowthPlan } from './plan.ts';

/** One size and what was measured there. */
export interface Point {
  readonly devices: number;
  readonly processes: number;
  /** In flight. */
  readonly publishers: number;
  readonly backlog: number;
  /** From start to `ready`. */
  readonly startMs: number;
  /** At rest, after the start. */
  readonly idle: MemoryUsage;
  /** Under load. */
  readonly loaded: MemoryUsage;
  readonly figures: Figures;
}

/** At rest after its start. */
export async function rest(subject: Subject, { restMs }: GrowthPlan): Promise<MemoryUsage> {
  await wait(restMs);
  return subject.memory();
}

/** Medians, and the memory after the last round. Rejects where another number of pushes arrived than were answered. */
export async function load(subject: Subject, plan: GrowthPlan, inFlight: number): Promise<Pick<Point, 'figures' | 'loaded'>> {
  const rounds: CountedFigures[] = [];
  for (let round = 0; round < plan.rounds; round += 1)
    rounds.push(await subject.measure({ inFlight, inBursts: false, warmMs: plan.warmMs, ms: plan.ms }));
  const wrong = rounds.find(({ arrived, ended }) => arrived !== ended);
  if (wrong !== undefined) throw new Error(`${wrong.ended} publishes were answered, ${wrong.arrived} pushes arrived`);
  return { figures: buildMedians(rounds), loaded: subject.memory() };
}
