import type { RowCounts } from '../../registry/backup/format.ts';
import { listenForInterrupt } from '../signals.ts';

const showEveryMs = 500;

/** What a long command tells while it runs, and what tells it to end. */
export interface CommandWatch {
  /** Aborted by the first signal to end, so that nothing is left half done; the next one ends the process. */
  readonly signal: AbortSignal;
  onProgress(rows: number, ofRows: number): void;
  /** Removes what was shown. */
  finish(): void;
}

/** Progress is shown on a terminal only. */
export function watchCommand(name: string): CommandWatch {
  const signal = listenForInterrupt(new Error('interrupted'));
  let shownMs = Number.NEGATIVE_INFINITY;
  return {
    signal,
    onProgress: (rows, ofRows) => {
      if (!process.stderr.isTTY || performance.now() - shownMs < showEveryMs) return;
      shownMs = performance.now();
      process.stderr.write(`\r${name}: ${rows} of ${ofRows} rows`);
    },
    finish: () => {
      // https://ecma-international.org/publications-and-standards/standards/ecma-48/: erase in line
      if (shownMs > 0) process.stderr.write('\r\u001b[K');
    },
  };
}

export function describeRows({ devices, credentials, deferred }: RowCounts): string {
  return [
    nameOf(devices, 'device', 'devices'),
    nameOf(credentials, 'certificate', 'certificates'),
    nameOf(deferred, 'waiting push', 'waiting pushes'),
  ].join(', ');
}

function nameOf(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? one : several}`;
}
