import { parseArgs } from 'node:util';
import { parsePositive } from '../base/positive.ts';

/** Which sizes, and how long each is measured. */
export interface GrowthPlan {
  /** Registered devices, growing. */
  readonly devices: readonly number[];
  /** Publishes in flight. */
  readonly publishers: readonly number[];
  /** Pushes that wait in the database. */
  readonly backlogs: readonly number[];
  /** Of the growing number of devices, at most so many are published to. */
  readonly mostKnown: number;
  /** Devices where something else grows; all of them are published to. */
  readonly known: number;
  readonly inFlight: number;
  readonly rounds: number;
  readonly warmMs: number;
  readonly ms: number;
  /** Before memory at rest is read. */
  readonly restMs: number;
  readonly isQuick: boolean;
}

export const usage =
  'bench growth [--quick] [--rounds 3] [--seconds 4]\n' +
  '  10 thousand to a million devices, 1 to 1,000 publishers at 1 and 2 processes, 0 to a million waiting pushes; about 15 minutes.\n' +
  '  Leaves bench/results/growth.json and docs/img/growth.svg, and the tables in docs/performance.md and docs/scaling.md.\n' +
  '  --quick   small sizes, nothing in docs/: only to see that it runs';

const million = 1_000_000;
const full = {
  devices: [10_000, 100_000, million],
  publishers: [1, 10, 100, 1_000],
  backlogs: [0, 10_000, 100_000, million],
  mostKnown: 200_000,
  known: 10_000,
  inFlight: 500,
  warmMs: 500,
  restMs: 10_000,
  rounds: 3,
  seconds: 4,
};
const quickly: typeof full = {
  devices: [100, 1_000],
  publishers: [1, 20],
  backlogs: [0, 200],
  mostKnown: 500,
  known: 100,
  inFlight: 20,
  warmMs: 100,
  restMs: 100,
  rounds: 1,
  seconds: 0.5,
};

/** Throws, with the usage as message, where the arguments are not understood. */
export function parseGrowth(args: readonly string[]): GrowthPlan {
  const { values } = parseArguments(args);
  const isQuick = values.quick === true;
  const { seconds, rounds, ...usual } = isQuick ? quickly : full;
  return {
    ...usual,
    isQuick,
    rounds: parsePositive(values.rounds, rounds, usage),
    ms: parsePositive(values.seconds, seconds, usage) * 1000,
  };
}

function parseArguments(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({ args: [...args], options: { quick: { type: 'boolean' }, rounds: text, seconds: text } as const });
  } catch (cause) {
    throw new Error(usage, { cause });
  }
}
