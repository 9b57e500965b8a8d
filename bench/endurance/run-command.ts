import { writeFileSync } from 'node:fs';
import { readArguments } from './arguments.ts';
import type { Report } from './report/report.ts';

export interface Command<Options> {
  readonly usage: string;
  /** Of its options. */
  readonly names: readonly string[];
  /** Undefined where they are wrong. */
  readonly readOptions: (given: Readonly<Record<string, string>>) => Options | undefined;
  readonly run: (options: Options) => Promise<Report>;
}

/** Runs it and prints its report; settles with the exit code: 0 where all is well, 1 where not, 2 where the arguments are wrong. */
export async function runCommand<Options>(
  { usage, names, readOptions, run }: Command<Options>,
  args: readonly string[],
): Promise<0 | 1 | 2> {
  const given = readArguments(args, names);
  const options = given && readOptions(given);
  if (given === undefined || options === undefined) {
    console.error(usage);
    return 2;
  }
  const { text, svg, isBalanced, isFlat } = await run(options);
  if (given['svg'] !== undefined) writeFileSync(given['svg'], svg);
  console.log(text);
  return isBalanced && isFlat ? 0 : 1;
}
