import { parseArgs } from 'node:util';
import type { Load } from './measure.ts';

/** One way of loading, and how long the push service takes for each push. */
export interface Setting extends Load {
  readonly delayMs: number;
}

/** What a run measures. */
export interface Plan {
  readonly devices: number;
  readonly rounds: number;
  readonly warmMs: number;
  readonly ms: number;
  readonly settings: readonly Setting[];
  /** Options for the Node that runs Reveille, as for a CPU profile. */
  readonly nodeOptions: readonly string[];
}

/** How much longer a setting takes in which next to nothing happens: processor time is counted in hundredths of a second. */
export const quietFactor = 2.5;

export const usage =
  'bench [--quick] [--in-flight 1,100,500] [--delays 0,50] [--bursts 100] [--rounds 3] [--seconds 2] [--devices 10000] [--node OPTIONS]\n' +
  '  --quick    one setting, one round of a second, few devices: only to see that it runs\n' +
  '  --node     options of the Node that runs Reveille, for instance --node="--cpu-prof --cpu-prof-dir=/tmp"';

/** Throws, with the usage as message, where the arguments are not understood. */
export function parsePlan(args: readonly string[]): Plan {
  const { values } = parseArguments(args);
  const quick = values.quick === true;
  const inFlight = parseNumbers(values['in-flight'] ?? (quick ? '20' : '1,100,500'));
  const bursts = parseNumbers(values.bursts ?? (quick || values['in-flight'] !== undefined ? '' : '100'));
  const delays = parseNumbers(values.delays ?? (quick ? '0' : '0,50'));
  return {
    devices: parseNumber(values.devices ?? (quick ? '100' : '10000')),
    rounds: parseNumber(values.rounds ?? (quick ? '1' : '3')),
    warmMs: quick ? 100 : 400,
    ms: parseNumber(values.seconds ?? (quick ? '1' : '2')) * 1000,
    settings: [
      ...delays.flatMap((delayMs) => inFlight.map((count) => ({ inFlight: count, inBursts: false, delayMs }))),
      ...bursts.map((count) => ({ inFlight: count, inBursts: true, delayMs: 0 })),
    ],
    nodeOptions: values.node?.split(' ') ?? [],
  };
}

function parseArguments(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const options = {
    quick: { type: 'boolean' },
    'in-flight': text,
    delays: text,
    bursts: text,
    rounds: text,
    seconds: text,
    devices: text,
    node: text,
  } as const;
  try {
    return parseArgs({ args: [...args], options });
  } catch (cause) {
    throw new Error(usage, { cause });
  }
}

function parseNumbers(text: string): readonly number[] {
  return text === '' ? [] : text.split(',').map(parseNumber);
}

function parseNumber(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number) || number < 0) throw new Error(usage);
  return number;
}
