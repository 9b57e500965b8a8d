import type { Collected } from '../endurance/report/collection.ts';
import type { Fate } from '../endurance/fates.ts';
import type { Population } from '../endurance/population.ts';
import type { Traffic } from '../endurance/traffic.ts';
import type { Window } from '../endurance/report/window.ts';
import type { WaitingPushes } from './waiting-pushes.ts';
import type { Look } from './watch.ts';

export interface BacklogOptions {
  readonly waiting: number;
  readonly perSecond: number;
  readonly devices: number;
  /** Of load before anything waits, and of load while it waits. */
  readonly calmMs: number;
  readonly drainMs: number;
  readonly seed: number;
  readonly onPhase?: ((phase: string) => void) | undefined;
}

/** New pushes, while something was so, and the process at the end of it. */
export interface Phase {
  readonly name: string;
  readonly window: Window;
  readonly collected: Collected;
}

/** What was seen on the way. */
export interface Course {
  readonly phases: readonly Phase[];
  /** The one of them in which the waiting pushes go out. */
  readonly drain: Phase;
  readonly fillMs: number;
  /** In the database, when APNs came back. */
  readonly leftBefore: number;
}

/** All that was seen. */
export interface Findings extends Course {
  readonly options: BacklogOptions;
  readonly traffic: Traffic;
  readonly population: Population;
  readonly waiting: WaitingPushes;
  readonly judged: readonly Fate[];
  readonly looks: readonly Look[];
  readonly warnings: ReadonlyMap<string, number>;
}
