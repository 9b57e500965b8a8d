import { parseArgs } from 'node:util';
import { parsePositive } from '../base/positive.ts';
import type { Setting } from '../throughput/plan.ts';

export interface Comparison {
  /** What git calls the older side. */
  readonly before: string;
  /** Undefined: this checkout as it is, with what is not committed. */
  readonly after: string | undefined;
  readonly settings: readonly Setting[];
  readonly rounds: number;
  readonly warmMs: number;
  readonly ms: number;
  readonly devices: number;
}

export const usage =
  'bench compare REV [REV2] [--quick] [--in-flight 1,100,500] [--delays 0,50] [--rounds 7] [--seconds 3] [--devices 10000]\n' +
  '  REV, REV2   branches, tags or commits; without REV2, this checkout as it is\n' +
  '  --quick     one setting, two rounds of half a second, few devices: only to see that it runs';

const full = { inFlight: '1,100,500', delays: '0,50', rounds: 7, seconds: 3, devices: 10_000, warmMs: 400 };
const quickly = { inFlight: '20', delays: '0', rounds: 2, seconds: 0.5, devices: 100, warmMs: 100 };

/** Throws, with the usage as message, where the arguments are not understood. */
export function parseComparison(args: readonly string[]): Comparison {
  const { values, positionals } = parseArguments(args);
  const [before, after, ...others] = positionals;
  if (before === undefined || others.length > 0) throw new Error(usage);
  const usual = values.quick === true ? quickly : full;
  const inFlight = parseList(values['in-flight'] ?? usual.inFlight, 1);
  const delays = parseList(values.delays ?? usual.delays, 0);
  return {
    before,
    after,
    // With one in flight a service that takes its time says nothing of us.
    settings: delays.flatMap((delayMs) =>
      inFlight.filter((count) => delayMs === 0 || count > 1).map((count) => ({ inFlight: count, inBursts: false, delayMs })),
    ),
    rounds: parsePositive(values.rounds, usual.rounds, usage),
    ms: parsePositive(values.seconds, usual.seconds, usage) * 1000,
    devices: parsePositive(values.devices, usual.devices, usage),
    warmMs: usual.warmMs,
  };
}

function parseArguments(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const options = { quick: { type: 'boolean' }, 'in-flight': text, delays: text, rounds: text, seconds: text, devices: text } as const;
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (cause) {
    throw new Error(usage, { cause });
  }
}

function parseList(text: string, least: number): readonly number[] {
  const numbers = text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  if (!numbers.every((number) => Number.isInteger(number) && number >= least)) throw new Error(usage);
  return numbers;
}
