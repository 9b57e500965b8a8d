import { setTimeout as sleep } from 'node:timers/promises';
import type { Stage } from '../endurance/stage/stage.ts';
import { readRssMb } from '../endurance/report/sampler.ts';
import type { WaitingPushes } from './waiting-pushes.ts';

const everyMs = 100;

/** One moment. Nothing is asked of the database: counting a million rows would slow what is measured. */
export interface Look {
  readonly at: number;
  readonly rssMb: number;
  /** Of those that waited from the beginning, so far. */
  readonly drained: number;
}

/** Looks ten times a second until the signal aborts. */
export async function watch({ reveille }: Stage, waiting: WaitingPushes, signal: AbortSignal): Promise<readonly Look[]> {
  const looks: Look[] = [];
  while (!signal.aborted) {
    looks.push({ at: performance.now(), rssMb: readRssMb(reveille.pid), drained: waiting.drained });
    await sleep(everyMs, undefined, { signal }).catch(() => undefined); // aborted: the loop ends
  }
  return looks;
}
