/** Steady load and everyday events for half an hour: does memory stay what it was? See docs/endurance.md. */
import { readNumber } from '../endurance/arguments.ts';
import { runCommand } from '../endurance/run-command.ts';
import type { SoakOptions } from './findings.ts';
import { runSoak } from './run-soak.ts';

const usage = 'bench soak [--minutes N] [--rate N] [--devices N] [--seed N] [--svg FILE] ["--node-options=…"]';
const names = ['minutes', 'rate', 'devices', 'seed', 'svg', 'node-options'];

/** Undefined where the arguments are wrong. */
function readOptions(given: Readonly<Record<string, string>>): SoakOptions | undefined {
  const minutes = readNumber(given['minutes'], 30);
  const perSecond = readNumber(given['rate'], 200);
  const devices = readNumber(given['devices'], 10_000);
  const seed = readNumber(given['seed'], 1);
  if (!minutes || !perSecond || !devices || !seed) return undefined;
  const nodeOptions = given['node-options']?.split(' ');
  const onPhase = (phase: string) => console.error(phase);
  return { ms: minutes * 60_000, perSecond, devices, seed, nodeOptions, onPhase };
}

process.exitCode = await runCommand({ usage, names, readOptions, run: runSoak }, process.argv.slice(2));
