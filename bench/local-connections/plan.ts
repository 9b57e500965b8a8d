import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parsePositive } from '../base/positive.ts';

export interface Plan {
  readonly connections: number;
  readonly keepAliveSeconds: number;
  /** With nobody connected, to compare with. */
  readonly idleMs: number;
  /** Between two tries of a device to come back; the library's own where not given. */
  readonly longestWaitMs?: number;
}

export const usage =
  'bench local-connections [--quick] [--connections 20000] [--keep-alive 120]\n' +
  '  --quick        200 connections that are asked every second: only to see that it runs\n' +
  '  --keep-alive   seconds; so long the pings are watched';

/** Files that a process has open beside the connections. */
const reserve = 200;

/** Throws, with the usage as message, where the arguments are not understood. */
export function parsePlan(args: readonly string[]): Plan {
  const { quick = false, connections, 'keep-alive': keepAlive } = readOptions(args);
  return {
    connections: Math.min(parsePositive(connections, quick ? 200 : 20_000, usage), readMostFiles() - reserve),
    keepAliveSeconds: parsePositive(keepAlive, quick ? 1 : 120, usage),
    idleMs: quick ? 100 : 20_000,
    ...(quick ? { longestWaitMs: 1_000 } : {}),
  };
}

function readOptions(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({ args: [...args], options: { quick: { type: 'boolean' }, connections: text, 'keep-alive': text } }).values;
  } catch (error) {
    throw new Error(usage, { cause: error });
  }
}

/** What the system lets a process open at most; Node.js asks for all of it by itself. */
export function readMostFiles(): number {
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1];
  return hard === undefined || hard === 'unlimited' ? Infinity : Number(hard);
}
