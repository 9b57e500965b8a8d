import { createInterface } from 'node:readline/promises';
import type { Registry } from '../../registry/registry.ts';
import type { DevicesOptions } from './options.ts';
import { nameDevices, sumOf } from './output.ts';
import { UsageError } from '../line/usage-error.ts';
import type { LineWriter } from '../line/write-lines.ts';

const batch = 1_000;

/** Removes what the filter says, in batches; more than one device only when confirmed. Settles with the exit code. */
export async function removeDevices(
  registry: Registry,
  { filter, json, yes }: DevicesOptions,
  writer: LineWriter,
  interrupt: AbortSignal,
): Promise<number> {
  const expected = sumOf(await registry.count(filter === 'all' ? {} : filter));
  if (expected > 1 && !yes && !(await confirm(expected, interrupt))) return 1;
  let count = 0;
  for (let isLeft = expected > 0; isLeft && !interrupt.aborted;) {
    const removed = await registry.remove(filter, batch);
    count += removed.length;
    isLeft = removed.length === batch;
  }
  await writer.write([describeRemoval(count, json)]);
  return interrupt.aborted ? 1 : 0;
}

export function describeRemoval(count: number, json: boolean): string {
  return json ? JSON.stringify({ removed: count }) : `${nameDevices(count)} removed.`;
}

async function confirm(count: number, interrupt: AbortSignal): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) throw new UsageError(`${nameDevices(count)} would be removed: add --yes to do so`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`Remove ${nameDevices(count)}? [y/N] `, { signal: interrupt });
    return /^y(es)?$/i.test(answer.trim());
  } catch (error) {
    // Ctrl-C, or the end of the input.
    if (error instanceof Error && error.name === 'AbortError') return false;
    throw error;
  } finally {
    terminal.close();
  }
}
