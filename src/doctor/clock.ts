import type { StepResult } from './step.ts';

/** When this was written: no clock that is right can show less. */
const earliest = Date.UTC(2026, 10, 1);
const latest = Date.UTC(2100, 0, 1);

/** Whether the clock can be right at all; how far it is off is measured with the answers of the push services. */
export function examineClock(now = Date.now()): StepResult {
  const tried = 'look at the clock of this machine';
  const found = new Date(now).toISOString();
  if (now >= earliest && now <= latest) return { verdict: 'ok', tried, found: `${found}; it is compared with the push services' below` };
  const advice = 'set it by NTP (timedatectl set-ntp true): certificates and signed tokens are refused until then';
  return { verdict: 'failed', tried, found: `${found}, which can't be`, advice };
}
