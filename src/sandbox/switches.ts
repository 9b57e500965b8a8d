import type { Misbehaviour, Scope } from './apns/misbehaviour.ts';
import { refusalOf } from './apns/refusal.ts';

/** A misbehaviour as ordered on the command line. */
export interface Order {
  readonly told: Misbehaviour;
  readonly scope: Scope;
}

interface Switch {
  readonly usage: string;
  /** Undefined where the value makes no sense. */
  parse(value: string | undefined): Misbehaviour | undefined;
}

const switches: Readonly<Record<string, Switch>> = {
  answer: { usage: 'answer=REASON', parse: (value = '') => parseAnswer(value) },
  delay: { usage: 'delay=MILLISECONDS', parse: (value) => (isNumber(value) ? { kind: 'delay', ms: Number(value) } : undefined) },
  silence: { usage: 'silence', parse: (value) => (value === undefined ? { kind: 'silence' } : undefined) },
  'close-stream': { usage: 'close-stream', parse: (value) => (value === undefined ? { kind: 'close-stream' } : undefined) },
  goaway: { usage: 'goaway[=CODE]', parse: (value = '0') => (isNumber(value) ? { kind: 'goaway', code: Number(value) } : undefined) },
  fin: { usage: 'fin', parse: (value) => (value === undefined ? { kind: 'disconnect', how: 'fin' } : undefined) },
  rst: { usage: 'rst', parse: (value) => (value === undefined ? { kind: 'disconnect', how: 'rst' } : undefined) },
  freeze: { usage: 'freeze', parse: (value) => (value === undefined ? { kind: 'freeze' } : undefined) },
};

/** How each switch is written, for the help text. */
export const switchUsages: readonly string[] = Object.values(switches).map(({ usage }) => usage);

/** Parses `SWITCH[=VALUE][@N]`: done to every push, or to the Nth only. Throws with the usage of the switch. */
export function parseSwitch(text: string): Order {
  const [, name = '', value, nth] = /^([a-z-]+)(?:=([^@]*))?(?:@([1-9]\d{0,8}))?$/.exec(text) ?? [];
  const found = Object.hasOwn(switches, name) ? switches[name] : undefined;
  if (found === undefined)
    throw new Error(`--misbehave ${text}: expected one of ${switchUsages.join(', ')}, each with @N for the Nth push only`);
  const told = found.parse(value);
  if (told === undefined) throw new Error(`--misbehave ${text}: expected ${found.usage}`);
  return { told, scope: nth === undefined ? { times: Infinity } : { after: Number(nth) - 1 } };
}

function parseAnswer(name: string): Misbehaviour | undefined {
  const refusal = refusalOf(name);
  if (refusal === undefined) return undefined;
  const { status, reason } = refusal;
  return { kind: 'answer', status, reason, ...(status === 410 ? { timestamp: Date.now() } : {}) };
}

function isNumber(value: string | undefined): boolean {
  return value !== undefined && /^\d{1,9}$/.test(value);
}
