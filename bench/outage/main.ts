/** A push service is away for minutes under load: what is answered, what arrives, what it costs. See docs/endurance.md. */
import { readNumber } from '../endurance/arguments.ts';
import { runCommand } from '../endurance/run-command.ts';
import { manners } from '../endurance/stage/service.ts';
import type { OutageOptions } from './findings.ts';
import { runOutage } from './run-outage.ts';

const usage = `bench outage [--minutes N] [--rate N] [--devices N] [--how ${manners.join('|')}] [--calm SECONDS] [--seed N] [--svg FILE] ["--node-options=…"]`;
const names = ['minutes', 'rate', 'devices', 'how', 'calm', 'seed', 'svg', 'node-options'];

/** Undefined where the arguments are wrong. */
function readOptions(given: Readonly<Record<string, string>>): OutageOptions | undefined {
  const minutes = readNumber(given['minutes'], 5);
  const perSecond = readNumber(given['rate'], 200);
  const devices = readNumber(given['devices'], 10_000);
  const calmSeconds = readNumber(given['calm'], 60);
  const seed = readNumber(given['seed'], 1);
  const manner = manners.find((one) => one === (given['how'] ?? '503'));
  if (!minutes || !perSecond || !devices || !calmSeconds || !seed || manner === undefined) return undefined;
  const nodeOptions = given['node-options']?.split(' ');
  const onPhase = (phase: string) => console.error(phase);
  return { ms: minutes * 60_000, calmMs: calmSeconds * 1_000, perSecond, devices, manner, seed, nodeOptions, onPhase };
}

process.exitCode = await runCommand({ usage, names, readOptions, run: runOutage }, process.argv.slice(2));
