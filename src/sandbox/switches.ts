import type { Misbehaviour } from './apns/misbehaviour.ts';
import { refusalOf } from './apns/refusal.ts';
import type { SandboxApns } from './apns/sandbox-apns.ts';
import { buildPlain, buildSwitches, isRefusalStatus, type Order as OrderOf, type SwitchTable } from './server/switches.ts';

/** A misbehaviour of APNs as ordered on the command line. */
export type Order = OrderOf<Misbehaviour>;

const own: SwitchTable<Misbehaviour> = {
  answer: { usage: 'answer=REASON', parse: (value = '') => parseAnswer(value) },
  'unknown-reason': {
    usage: 'unknown-reason[=STATUS]',
    parse: (value = '400') => (isRefusalStatus(value) ? { kind: 'answer', status: Number(value), reason: 'NeverHeardOf' } : undefined),
  },
  truncated: { usage: 'truncated=REASON', parse: (value = '') => parseTruncated(value) },
  'expire-token': buildPlain('expire-token', { kind: 'expire-token' }),
};

const switches = buildSwitches('--misbehave', own, ['limit-late', 'limit-falls']);

/** How each switch is written, for the help text. */
export const switchUsages: readonly string[] = switches.usages;

/** Parses `SWITCH[=VALUE][@N|@N-M|@N+]`: done to every push, or to the Nth, to the Nth to Mth, from the Nth on. Throws with the usage. */
export function parseSwitch(text: string): Order {
  return switches.parse(text);
}

/** Makes the sandbox do as ordered. */
export function give(order: Order, sandbox: Pick<SandboxApns, 'adopt' | 'misbehave'>): void {
  if ('habit' in order) sandbox.adopt(order.habit);
  else sandbox.misbehave(order.told, order.scope);
}

function parseAnswer(name: string): Misbehaviour | undefined {
  const refusal = refusalOf(name);
  if (refusal === undefined) return undefined;
  const { status, reason } = refusal;
  return { kind: 'answer', status, reason, ...(status === 410 ? { timestamp: Date.now() } : {}) };
}

function parseTruncated(name: string): Misbehaviour | undefined {
  const refusal = refusalOf(name);
  return refusal === undefined ? undefined : { kind: 'truncate', status: refusal.status, reason: refusal.reason };
}
