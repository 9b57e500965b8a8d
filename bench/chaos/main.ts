/** Proves that nothing acknowledged is lost: `chaos --minutes N --seed S`, or `chaos --kills N --burst N`. See docs/chaos.md. */
import { parseArgs } from 'node:util';
import type { Fault } from './plan.ts';
import type { Report } from './report/report.ts';
import { runChaos } from './run-chaos.ts';
import { runKills } from './run-kills.ts';

const usage = 'chaos [--minutes N] [--seed N] [--rate N] [--devices N]  or  chaos --kills N [--burst N] [--seed N]';

/** Undefined where the arguments are wrong. */
function readNumbers(args: readonly string[]): Readonly<Record<string, number>> | undefined {
  const names = ['minutes', 'seed', 'rate', 'devices', 'kills', 'burst'];
  try {
    const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
    const { values } = parseArgs({ args: [...args], options });
    const numbers = Object.entries(values).map(([name, text]) => [name, Number(text)] as const);
    return numbers.every(([, number]) => number > 0) ? Object.fromEntries(numbers) : undefined;
  } catch {
    return undefined; // an argument that is none of ours
  }
}

function tell({ kind, part, atMs, lastsMs, jumpMs }: Fault): void {
  const jump = jumpMs === 0 ? '' : ` by ${jumpMs / 1000} s`;
  console.error(`${(atMs / 1000).toFixed(1)} s: ${kind}${jump}, ${part}, for ${lastsMs} ms`);
}

function run({
  minutes = 10,
  seed = 1,
  rate = 100,
  devices = 800,
  kills,
  burst = 5_000,
}: Readonly<Record<string, number>>): Promise<Report> {
  if (kills !== undefined) return runKills({ kills, burst, seed, onRun: (run) => console.error(`kill ${run} of ${kills}`) });
  return runChaos({
    ms: minutes * 60_000,
    seed,
    perSecond: rate,
    devices,
    onFault: tell,
  });
}

const numbers = readNumbers(process.argv.slice(2));
if (numbers === undefined) {
  console.error(usage);
  process.exitCode = 2;
} else {
  const { text, isBalanced } = await run(numbers);
  console.log(text);
  process.exitCode = isBalanced ? 0 : 1;
}
