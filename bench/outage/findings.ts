import type { Collected } from '../endurance/report/collection.ts';
import type { Device } from '../endurance/device.ts';
import type { Fate } from '../endurance/fates.ts';
import type { Population } from '../endurance/population.ts';
import type { Sample } from '../endurance/report/sampler.ts';
import type { Manner } from '../endurance/stage/service.ts';
import type { Traffic } from '../endurance/traffic.ts';

export interface OutageOptions {
  readonly ms: number;
  /** Of load before the outage and of load after it. */
  readonly calmMs: number;
  readonly perSecond: number;
  readonly devices: number;
  readonly manner: Manner;
  readonly seed: number;
  readonly nodeOptions?: readonly string[] | undefined;
  readonly onPhase?: ((phase: string) => void) | undefined;
}

/** The moments between the phases. */
export interface Course {
  readonly startedAt: number;
  readonly brokenAt: number;
  readonly mendedAt: number;
  /** When the first push was accepted again. */
  readonly recoveredAt: number;
  /** When the last push published before the service came back had left the database. */
  readonly drainedAt: number;
  readonly loadEndedAt: number;
  /** Right after the beginning of the outage and right before its end. */
  readonly collected: readonly [first: Collected, last: Collected];
}

/** All that was seen. */
export interface Findings {
  readonly options: OutageOptions;
  readonly course: Course;
  readonly traffic: Traffic;
  readonly population: Population;
  readonly judged: readonly Fate[];
  readonly missing: readonly Device[];
  readonly inDatabase: number;
  readonly samples: readonly Sample[];
  readonly warnings: ReadonlyMap<string, number>;
  readonly shareOfCore: number;
}
