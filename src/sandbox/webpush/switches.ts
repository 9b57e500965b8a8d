import { parseRetryAfter } from '../server/retry-after.ts';
import { buildPlain, buildSwitches, isRefusalStatus, type Order, type SwitchTable } from '../server/switches.ts';
import type { WebpushMisbehaviour } from './misbehaviour.ts';
import type { SandboxWebpush } from './sandbox-webpush.ts';

/** A misbehaviour of the Web Push service as ordered on the command line. */
export type WebpushOrder = Order<WebpushMisbehaviour>;

const usualExcess = '100';

const own: SwitchTable<WebpushMisbehaviour> = {
  answer: { usage: 'answer=STATUS[:RETRY-AFTER]', parse: (value = '') => parseAnswer(value) },
  redirect: {
    usage: 'redirect[=STATUS]',
    parse: (value = '307') => (/^3\d\d$/.test(value) ? { kind: 'answer', status: Number(value) } : undefined),
  },
  truncated: {
    usage: 'truncated=STATUS',
    parse: (value = '') => (isRefusalStatus(value) ? { kind: 'truncate', status: Number(value) } : undefined),
  },
  'wrong-length': {
    usage: 'wrong-length[=BYTES]',
    parse: (value = usualExcess) => (/^[1-9]\d{0,5}$/.test(value) ? { kind: 'wrong-length', excess: Number(value) } : undefined),
  },
  'expire-token': buildPlain('expire-token', { kind: 'expire-token' }),
};

const switches = buildSwitches('--misbehave-webpush', own, ['limit-late', 'limit-falls']);

/** How each switch is written, for the help text. */
export const webpushSwitchUsages: readonly string[] = switches.usages;

/** Parses a switch as APNs has them. Throws with the usage. */
export function parseWebpushSwitch(text: string): WebpushOrder {
  return switches.parse(text);
}

/** Makes the sandbox do as ordered. */
export function giveWebpush(order: WebpushOrder, sandbox: Pick<SandboxWebpush, 'adopt' | 'misbehave'>): void {
  if ('habit' in order) sandbox.adopt(order.habit);
  else sandbox.misbehave(order.told, order.scope);
}

function parseAnswer(value: string): WebpushMisbehaviour | undefined {
  const [, status = '', after] = /^(\d{3})(?::(.*))?$/.exec(value) ?? [];
  if (!isRefusalStatus(status)) return undefined;
  const answer = { kind: 'answer', status: Number(status) } as const;
  if (after === undefined) return answer;
  const retryAfter = parseRetryAfter(after);
  return retryAfter === undefined ? undefined : { ...answer, retryAfter };
}
