import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createReturn } from './heap-return.ts';

/**
 * The old space of the heap is collected once it has grown by so much since the last time: twofold where little is in use, by this many
 * bytes where that is more. Left alone V8 lets it grow up to fourfold, and before its first collection to hundreds of megabytes, on
 * machines that have the memory. What this and other values cost and bring is measured in docs/performance.md, "Memory".
 */
const growsByBytes = 128 * 1024 * 1024;
const mostPercent = 100;
/** Below this it would be collected all the time. */
const leastPercent = 20;
const adaptEveryMs = 10_000;

/** Node's `--expose-gc`: "last-resort" also gives back what the heap keeps for the next load. */
type Collect = (options: { readonly type: 'major'; readonly execution: 'sync'; readonly flavor: 'last-resort' }) => void;

/**
 * Keeps the heap nearer to what is in use. Called once the program stands: collects what its start left behind, growth is counted from there,
 * and what a load leaves behind is given back when it is over. Until the process ends; keeps no process alive.
 */
export function keepHeapSmall(): void {
  adaptGrowth();
  setInterval(adaptGrowth, adaptEveryMs).unref();
  setFlagsFromString('--expose-gc');
  // A context made after the option was set has the function, this one does not.
  const gc = runInNewContext('gc') as Collect;
  setFlagsFromString('--no-expose-gc');
  const collect = () => gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  const readSize = () => getHeapStatistics().total_heap_size;
  createReturn({ collect, readSize, readLoad: createLoadReader(), now: () => performance.now() }).start();
}

function adaptGrowth(): void {
  setFlagsFromString(`--heap-growing-percent=${chooseGrowingPercent(getHeapStatistics().used_heap_size)}`);
}

/** How much the old space may grow where so much of the heap is in use, garbage that waits included. */
export function chooseGrowingPercent(usedBytes: number): number {
  return Math.round(Math.min(mostPercent, Math.max(leastPercent, (100 * growsByBytes) / usedBytes)));
}

/** The part of the time that was spent working since it was asked the last time, 0 to 1. */
function createLoadReader(): () => number {
  let last = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    return utilization;
  };
}
