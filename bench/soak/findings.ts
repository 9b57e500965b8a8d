import type { Collected } from '../endurance/report/collection.ts';
import type { Device } from '../endurance/device.ts';
import type { Absence, Fate } from '../endurance/fates.ts';
import type { Population } from '../endurance/population.ts';
import type { Sample } from '../endurance/report/sampler.ts';
import type { Traffic } from '../endurance/traffic.ts';

export interface SoakOptions {
  readonly ms: number;
  readonly perSecond: number;
  readonly devices: number;
  readonly seed: number;
  readonly nodeOptions?: readonly string[] | undefined;
  readonly onPhase?: ((phase: string) => void) | undefined;
}

/** All that was seen. */
export interface Findings {
  readonly options: SoakOptions;
  readonly startedAt: number;
  /** From where on memory is compared. */
  readonly refersAt: number;
  readonly endedAt: number;
  /** Then, and at the end of the load. */
  readonly collected: readonly [first: Collected, last: Collected];
  readonly traffic: Traffic;
  readonly population: Population;
  readonly absences: readonly Absence[];
  readonly judged: readonly Fate[];
  readonly missing: readonly Device[];
  readonly samples: readonly Sample[];
  readonly events: ReadonlyMap<string, number>;
  readonly warnings: ReadonlyMap<string, number>;
  readonly shareOfCore: number;
}
