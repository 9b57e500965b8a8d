import type { MemoryUsage } from '../base/usage.ts';
import type { Setting } from '../throughput/plan.ts';
import type { CountedFigures } from '../throughput/subject.ts';

/** What one side did, round by round. */
export interface Side {
  readonly rounds: readonly CountedFigures[];
  readonly memory: MemoryUsage;
}

export interface Row {
  readonly setting: Setting;
  readonly before: Side;
  readonly after: Side;
}
