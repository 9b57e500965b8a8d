import type { Finding } from './finding.ts';

/** How long and how much. */
export interface TargetsPlan {
  readonly rounds: number;
  readonly warmMs: number;
  readonly ms: number;
  /** How long memory is watched under load. */
  readonly loadMs: number;
  readonly devices: number;
  readonly manyDevices: number;
  readonly knownDevices: number;
  /** Before memory at rest is read. */
  readonly restMs: number;
  /** What `buildPackage` made of this checkout. */
  readonly built: string;
}

/** A group of targets that are measured on one stage. */
export interface Part {
  readonly name: string;
  readonly what: string;
  /** About, on two quiet cores. */
  estimateSeconds(plan: TargetsPlan): number;
  /** Whatever is started is left to `cleanUp`. */
  run(plan: TargetsPlan, cleanUp: AsyncDisposableStack): Promise<readonly Finding[]>;
}
