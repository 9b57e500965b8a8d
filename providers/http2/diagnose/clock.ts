import type { Finding } from '../../../src/index.ts';

const minuteMs = 60_000;
const warnMs = minuteMs;
const failMs = 5 * minuteMs;

/** Compares our clock with the `Date` of an answer that came just now (RFC 9110 §6.6.1); undefined where it bears none. */
export function diagnoseClock(date: string | undefined, server: string, now = Date.now()): Finding | undefined {
  const theirs = Date.parse(date ?? '');
  if (Number.isNaN(theirs)) return undefined;
  const offMs = now - theirs;
  const tried = `compare the clock of this machine with that of ${server}`;
  if (Math.abs(offMs) <= warnMs) return { step: 'clock', verdict: 'ok', tried, found: 'they agree within a minute' };
  const found = `this machine's clock is ${describeMinutes(Math.abs(offMs))} ${offMs > 0 ? 'ahead' : 'behind'}`;
  const advice = 'set it by NTP (timedatectl set-ntp true): signed tokens are refused when clocks differ';
  return { step: 'clock', verdict: Math.abs(offMs) > failMs ? 'failed' : 'warning', tried, found, advice };
}

function describeMinutes(ms: number): string {
  const minutes = Math.round(ms / minuteMs);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
