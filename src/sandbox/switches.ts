import type { Misbehaviour, Scope } from './apns/misbehaviour.ts';
import { refusalOf } from './apns/refusal.ts';
import type { SandboxApns } from './apns/sandbox-apns.ts';
import type { Habit } from './server/stream-limit.ts';

/** A misbehaviour as ordered on the command line. */
export type Order = { readonly told: Misbehaviour; readonly scope: Scope } | { readonly habit: Habit };

interface Switch {
  readonly usage: string;
  /** Undefined where the value makes no sense. */
  parse(value: string | undefined): Misbehaviour | undefined;
}

const switches: Readonly<Record<string, Switch>> = {
  answer: { usage: 'answer=REASON', parse: (value = '') => parseAnswer(value) },
  'unknown-reason': {
    usage: 'unknown-reason[=STATUS]',
    parse: (value = '400') => (/^[45]\d\d$/.test(value) ? { kind: 'answer', status: Number(value), reason: 'NeverHeardOf' } : undefined),
  },
  truncated: { usage: 'truncated=REASON', parse: (value = '') => parseTruncated(value) },
  'expire-token': plain('expire-token', { kind: 'expire-token' }),
  delay: { usage: 'delay=MILLISECONDS', parse: (value) => (isNumber(value) ? { kind: 'delay', ms: Number(value) } : undefined) },
  silence: plain('silence', { kind: 'silence' }),
  'close-stream': {
    usage: 'close-stream[=CODE]',
    parse: (value = '0') => (isNumber(value) ? { kind: 'close-stream', code: Number(value) } : undefined),
  },
  goaway: { usage: 'goaway[=CODE]', parse: (value = '0') => (isNumber(value) ? { kind: 'goaway', code: Number(value) } : undefined) },
  fin: plain('fin', { kind: 'disconnect', how: 'fin' }),
  rst: plain('rst', { kind: 'disconnect', how: 'rst' }),
  'half-open': plain('half-open', { kind: 'half-open' }),
  freeze: plain('freeze', { kind: 'freeze' }),
};

const habits: readonly Habit[] = ['limit-late', 'limit-falls'];

/** How each switch is written, for the help text. */
export const switchUsages: readonly string[] = [...Object.values(switches).map(({ usage }) => usage), ...habits];

const pattern = /^([a-z-]+)(?:=([^@]*))?(?:@([1-9]\d{0,8})(?:(\+)|-([1-9]\d{0,8}))?)?$/;

/** Parses `SWITCH[=VALUE][@N|@N-M|@N+]`: done to every push, or to the Nth, to the Nth to Mth, from the Nth on. Throws with the usage. */
export function parseSwitch(text: string): Order {
  const habit = habits.find((name) => name === text);
  if (habit !== undefined) return { habit };
  const [, name = '', value, first, plus, last] = pattern.exec(text) ?? [];
  const found = Object.hasOwn(switches, name) ? switches[name] : undefined;
  if (found === undefined)
    throw new Error(
      `--misbehave ${text}: expected one of ${switchUsages.join(', ')}; but for the last two with @N, @N-M or @N+ for some pushes only`,
    );
  const told = found.parse(value);
  if (told === undefined) throw new Error(`--misbehave ${text}: expected ${found.usage}`);
  return { told, scope: buildScope(first, plus !== undefined, last) };
}

/** Makes the sandbox do as ordered. */
export function give(order: Order, sandbox: Pick<SandboxApns, 'adopt' | 'misbehave'>): void {
  if ('habit' in order) sandbox.adopt(order.habit);
  else sandbox.misbehave(order.told, order.scope);
}

function buildScope(first: string | undefined, isOpen: boolean, last: string | undefined): Scope {
  if (first === undefined) return { times: Infinity };
  const after = Number(first) - 1;
  if (isOpen) return { after, times: Infinity };
  return last === undefined ? { after } : { after, times: Math.max(1, Number(last) - after) };
}

function plain(name: string, told: Misbehaviour): Switch {
  return { usage: name, parse: (value) => (value === undefined ? told : undefined) };
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

function isNumber(value: string | undefined): boolean {
  return value !== undefined && /^\d{1,9}$/.test(value);
}
