/** A million pushes wait for a service that is away: what new ones feel of it, and how it drains afterwards. See docs/database.md. */
import { readNumber } from '../endurance/arguments.ts';
import { runCommand } from '../endurance/run-command.ts';
import type { BacklogOptions } from './findings.ts';
import { runBacklog } from './run-backlog.ts';

const usage = 'bench backlog [--waiting N] [--rate N] [--devices N] [--calm SECONDS] [--drain SECONDS] [--seed N]';
const names = ['waiting', 'rate', 'devices', 'calm', 'drain', 'seed'];

/** Undefined where the arguments are wrong. */
function readOptions(given: Readonly<Record<string, string>>): BacklogOptions | undefined {
  const waiting = readNumber(given['waiting'], 1_000_000);
  const perSecond = readNumber(given['rate'], 200);
  const devices = readNumber(given['devices'], 4_000);
  const calmSeconds = readNumber(given['calm'], 30);
  const drainSeconds = readNumber(given['drain'], 90);
  const seed = readNumber(given['seed'], 1);
  if (!waiting || !perSecond || !devices || !calmSeconds || !drainSeconds || !seed) return undefined;
  const onPhase = (phase: string) => console.error(phase);
  return { waiting, perSecond, devices, calmMs: calmSeconds * 1_000, drainMs: drainSeconds * 1_000, seed, onPhase };
}

process.exitCode = await runCommand({ usage, names, readOptions, run: runBacklog }, process.argv.slice(2));
