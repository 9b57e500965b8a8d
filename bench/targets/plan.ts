import { parseArgs } from 'node:util';
import type { TargetsPlan } from './part.ts';

export interface TargetsOptions {
  readonly plan: Omit<TargetsPlan, 'built'>;
  /** Names of parts; undefined: all. */
  readonly only: readonly string[] | undefined;
  /** Whether the table goes into docs/performance.md: not where it lacks a part or shows nothing. */
  readonly isForPage: boolean;
}

/** With the names of the parts there are. */
export function buildUsage(parts: readonly string[]): string {
  return (
    'bench targets [--quick] [--minutes 10] [--rounds 3] [--seconds 4] [--many 1000000] [--known 200000] [--only PART,…]\n' +
    '  --minutes   how long memory is watched at 500 in flight\n' +
    '  --only      some of the parts: ' +
    `${parts.join(', ')}\n` +
    '  --quick     one short round of each, few devices: only to see that it runs\n' +
    'Leaves bench/results/targets.json; with all parts and without --quick also the table in docs/performance.md.'
  );
}

const quickly = { minutes: 0.05, rounds: 1, seconds: 0.5, devices: 100, many: 2_000, known: 500, restMs: 100, warmMs: 100 };
const full = { minutes: 10, rounds: 3, seconds: 4, devices: 10_000, many: 1_000_000, known: 200_000, restMs: 20_000, warmMs: 500 };

/** Throws, with the usage as message, where the arguments are not understood. */
export function parseTargets(args: readonly string[], parts: readonly string[]): TargetsOptions {
  const usage = buildUsage(parts);
  const { values } = parseArguments(args, usage);
  const usual = values.quick === true ? quickly : full;
  const number = (text: string | undefined, otherwise: number): number => {
    const value = text === undefined ? otherwise : Number(text);
    if (!Number.isFinite(value) || value <= 0) throw new Error(usage);
    return value;
  };
  const only = values.only?.split(',');
  if (only?.some((name) => !parts.includes(name)) === true) throw new Error(usage);
  const manyDevices = number(values.many, usual.many);
  return {
    only,
    isForPage: only === undefined && values.quick !== true,
    plan: {
      rounds: number(values.rounds, usual.rounds),
      ms: number(values.seconds, usual.seconds) * 1000,
      warmMs: usual.warmMs,
      loadMs: number(values.minutes, usual.minutes) * 60_000,
      restMs: usual.restMs,
      devices: usual.devices,
      manyDevices,
      knownDevices: Math.min(manyDevices, number(values.known, usual.known)),
    },
  };
}

function parseArguments(args: readonly string[], usage: string) {
  const text = { type: 'string' } as const;
  const options = { quick: { type: 'boolean' }, minutes: text, rounds: text, seconds: text, many: text, known: text, only: text } as const;
  try {
    return parseArgs({ args: [...args], options });
  } catch (cause) {
    throw new Error(usage, { cause });
  }
}
