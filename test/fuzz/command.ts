import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeReport } from './report.ts';
import { runTarget } from './run.ts';
import type { Share } from './targets.ts';

const progressMs = 10_000;
const findingsFolder = join(tmpdir(), 'reveille-fuzz');

const usage = 'fuzz [--inputs N] [--seed N] [--target NAME]…';

interface Arguments {
  readonly inputs: number;
  readonly seed: number;
  readonly shares: readonly Share[];
}

/** Runs `fuzz` with these arguments: 0 where every promise was kept, 1 where one was broken, 2 for wrong arguments. */
export async function runCommand(args: readonly string[], targets: readonly Share[], print: (text: string) => void): Promise<number> {
  const read = readArguments(args, targets);
  if (read === undefined) {
    print(`${usage}\ntargets: ${targets.map(({ target }) => target.name).join(', ')}`);
    return 2;
  }
  const { inputs, seed, shares } = read;
  print(`seed ${seed}`);
  const all = shares.reduce((sum, { share }) => sum + share, 0);
  let broken = 0;
  for (const { target, share } of shares) {
    const report = await runWatched({ target, share }, Math.ceil((inputs * share) / all), seed, print);
    print(describeReport(report, findingsFolder));
    broken += report.broken;
  }
  return broken === 0 ? 0 : 1;
}

/** With a line now and then on how far it is. */
async function runWatched({ target }: Share, count: number, seed: number, print: (text: string) => void): ReturnType<typeof runTarget> {
  let fed = 0;
  const timer = setInterval(() => print(`${target.name}: ${fed} of ${count}`), progressMs);
  try {
    return await runTarget(target, count, seed, () => (fed += 1));
  } finally {
    clearInterval(timer);
  }
}

/** Undefined where the arguments are wrong. */
function readArguments(args: readonly string[], targets: readonly Share[]): Arguments | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { inputs: { type: 'string' }, seed: { type: 'string' }, target: { type: 'string', multiple: true } },
    });
    const { inputs = '100000', seed = '1', target: names } = values;
    const shares = targets.filter(({ target }) => names === undefined || names.includes(target.name));
    const isRight = /^\d+$/.test(inputs) && /^\d+$/.test(seed) && shares.length === (names ?? targets).length;
    return isRight ? { inputs: Number(inputs), seed: Number(seed), shares } : undefined;
  } catch {
    return undefined; // an argument that is none of ours
  }
}
