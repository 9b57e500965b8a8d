import type { Counts, Watch } from '../../importing/transfer.ts';
import { listenForInterrupt } from '../signals.ts';

const onTerminalMs = 1_000;
const elsewhereMs = 10_000;

/** Tells how far it is on standard error, and hears the first signal to end. */
export function watchImport(what: string, onRefused: Watch['onRefused'], signal = listenForInterrupt()): Watch {
  const everyMs = process.stderr.isTTY ? onTerminalMs : elsewhereMs;
  let shownMs = performance.now();
  return {
    signal,
    onRefused,
    onProgress: (counts, extent) => {
      if (performance.now() - shownMs < everyMs) return;
      shownMs = performance.now();
      process.stderr.write(`${describeProgress(what, counts, extent)}\n`);
    },
  };
}

function describeProgress(
  what: string,
  counts: Readonly<Counts>,
  { done, total }: { readonly done: number; readonly total: number | undefined },
): string {
  const share = total === undefined || total === 0 ? '' : ` (${Math.min(100, Math.floor((100 * done) / total))} %)`;
  return `${what}: ${counts.read} registrations read${share}, ${counts.added} new, ${counts.present} there already, ${counts.refused} not taken`;
}
