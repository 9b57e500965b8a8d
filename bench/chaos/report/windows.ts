import { faults, type FaultKind, type Part } from '../plan.ts';

/** When a fault was on. */
export interface Window {
  readonly kind: FaultKind;
  readonly part: Part;
  readonly from: number;
  readonly to: number;
  /** Of a clock. */
  readonly jumpMs?: number;
}

/** A clock that is wrong by less is taken for the time that a statement is on its way; what is wrong by more the program must make up for. */
const unnoticedMs = 15_000;

/** A stretch of time. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

/**
 * The longest stretch of a push's wait for this service in which nothing kept it: neither a fault of service, database or an
 * instance, nor what the program may rightly need after it.
 */
export function longestCalmMs(windows: readonly Window[], service: 'apns' | 'fcm', { from, to }: Stretch): number {
  const hindrances = windows.flatMap((window) => hindranceOf(window, service) ?? []).sort((a, b) => a.from - b.from);
  let calmSince = from;
  let longest = 0;
  for (const hindrance of hindrances) {
    longest = Math.max(longest, Math.min(hindrance.from, to) - calmSince);
    calmSince = Math.max(calmSince, hindrance.to);
  }
  return Math.max(longest, to - calmSince);
}

/** Undefined where waiting pushes of this service go out as ever. */
function hindranceOf({ kind, part, from, to, jumpMs = 0 }: Window, service: 'apns' | 'fcm'): Stretch | undefined {
  const { holdsMs } = faults[kind];
  if (holdsMs === undefined || jumpMs > unnoticedMs || ((part === 'apns' || part === 'fcm') && part !== service)) return undefined;
  // A breaker that has waited in vain waits as long again.
  return { from, to: to + holdsMs + (part === service ? to - from : 0) };
}
