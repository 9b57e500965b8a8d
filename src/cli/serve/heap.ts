import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * The old space of the heap is collected once it has grown by this much since the last time. Left alone V8 lets it grow up to
 * fourfold, and before its first collection to hundreds of megabytes, on machines that have the memory. What this and other
 * values cost and bring is measured in docs/performance.md, "Memory".
 */
const growingPercent = 100;

/** Keeps the heap nearer to what is in use. Called once the program stands: collects what its start left behind, and growth is counted from there. */
export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${growingPercent}`);
  setFlagsFromString('--expose-gc');
  // A context made after the option was set has the function, this one does not.
  (runInNewContext('gc') as () => void)();
  setFlagsFromString('--no-expose-gc');
}
