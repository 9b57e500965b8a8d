import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

// What each of these brought is measured in docs/performance.md, "Memory".

/**
 * The old space of the heap is collected once it has grown by this much since the last time. Left alone V8 lets it grow up to
 * fourfold, and before its first collection to hundreds of megabytes, on machines that have the memory.
 */
const growingPercent = 30;

/**
 * The size of each half of the young space, in megabytes; V8's own choice is 64. It is fixed before a program's first line
 * runs, so whoever starts `reveille serve` gives it: etc/reveille.service, the launcher of the archives, package.json.
 */
export const youngSpaceOption = '--max-semi-space-size=16';

/**
 * Keeps the heap near to what is in use. Called once the program stands: collects what its start left behind, and the
 * old space is measured from there.
 */
export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${growingPercent}`);
  setFlagsFromString('--expose-gc');
  // A context made after the option was set has the function, this one does not.
  (runInNewContext('gc') as () => void)();
  setFlagsFromString('--no-expose-gc');
}
