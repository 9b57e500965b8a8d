import type { WireMisbehaviour } from './misbehaviour.ts';
import type { Scope } from './plans.ts';
import type { Habit } from './stream-limit.ts';

/** A misbehaviour as ordered on the command line. */
export type Order<M> = { readonly told: M; readonly scope: Scope } | { readonly habit: Habit };

export interface Switch<M> {
  readonly usage: string;
  /** Undefined where the value makes no sense. */
  parse(value: string | undefined): M | undefined;
}

export type SwitchTable<M> = Readonly<Record<string, Switch<M>>>;

/** The switches of one service. */
export interface Switches<M> {
  /** How each is written, for the help text. */
  readonly usages: readonly string[];
  /** Parses `SWITCH[=VALUE][@N|@N-M|@N+]`: done to every request, or to the Nth, to the Nth to Mth, from the Nth on. Throws with the usage. */
  parse(text: string): Order<M>;
}

const pattern = /^([a-z-]+)(?:=([^@]*))?(?:@([1-9]\d{0,8})(?:(\+)|-([1-9]\d{0,8}))?)?$/;

const wireSwitches: SwitchTable<WireMisbehaviour> = {
  delay: { usage: 'delay=MILLISECONDS', parse: (value) => (isNumber(value) ? { kind: 'delay', ms: Number(value) } : undefined) },
  silence: buildPlain('silence', { kind: 'silence' }),
  'close-stream': {
    usage: 'close-stream[=CODE]',
    parse: (value = '0') => (isNumber(value) ? { kind: 'close-stream', code: Number(value) } : undefined),
  },
  goaway: { usage: 'goaway[=CODE]', parse: (value = '0') => (isNumber(value) ? { kind: 'goaway', code: Number(value) } : undefined) },
  fin: buildPlain('fin', { kind: 'disconnect', how: 'fin' }),
  rst: buildPlain('rst', { kind: 'disconnect', how: 'rst' }),
  'half-open': buildPlain('half-open', { kind: 'half-open' }),
  freeze: buildPlain('freeze', { kind: 'freeze' }),
};

/** A service's own switches and those that any service has; an own one goes before. `option` and `prefix` are for the usage. */
export function buildSwitches<Own>(
  option: string,
  own: SwitchTable<Own>,
  habits: readonly Habit[],
  prefix = '',
): Switches<Own | WireMisbehaviour> {
  const table: SwitchTable<Own | WireMisbehaviour> = { ...own, ...wireSwitches, ...own };
  const usages = [...Object.values(table).map(({ usage }) => `${prefix}${usage}`), ...habits];
  return {
    usages,
    parse(text) {
      const habit = habits.find((name) => name === text);
      if (habit !== undefined) return { habit };
      const [, name = '', value, first, plus, last] = pattern.exec(text) ?? [];
      const found = Object.hasOwn(table, name) ? table[name] : undefined;
      if (found === undefined) throw new Error(`${option} ${prefix}${text}: expected one of ${usages.join(', ')}${explainScope(habits)}`);
      const told = found.parse(value);
      if (told === undefined) throw new Error(`${option} ${prefix}${text}: expected ${prefix}${found.usage}`);
      return { told, scope: buildScope(first, plus !== undefined, last) };
    },
  };
}

/** A switch without a value. */
export function buildPlain<M>(name: string, told: M): Switch<M> {
  return { usage: name, parse: (value) => (value === undefined ? told : undefined) };
}

/** An HTTP status of refusal. */
export function isRefusalStatus(value: string): boolean {
  return /^[45]\d\d$/.test(value);
}

function explainScope(habits: readonly Habit[]): string {
  const which = habits.length === 0 ? '' : 'but for the last two ';
  return `; ${which}with @N, @N-M or @N+ for some requests only`;
}

function buildScope(first: string | undefined, isOpen: boolean, last: string | undefined): Scope {
  if (first === undefined) return { times: Infinity };
  const after = Number(first) - 1;
  if (isOpen) return { after, times: Infinity };
  return last === undefined ? { after } : { after, times: Math.max(1, Number(last) - after) };
}

function isNumber(value: string | undefined): boolean {
  return value !== undefined && /^\d{1,9}$/.test(value);
}
