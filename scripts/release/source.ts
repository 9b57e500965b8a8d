import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool } from './run-tool.ts';

/** The version that package.json says. */
export async function readVersion(root: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { readonly version?: unknown };
  if (typeof version === 'string') return version;
  throw new Error('package.json has no version');
}

/** SOURCE_DATE_EPOCH (https://reproducible-builds.org/docs/source-date-epoch/), else the time of the commit. */
export async function readEpoch(root: string): Promise<number> {
  const given = process.env['SOURCE_DATE_EPOCH'];
  const text = given ?? (await runTool('git', ['log', '-1', '--format=%ct'], root)).trim();
  const seconds = Number(text);
  if (Number.isSafeInteger(seconds) && seconds > 0) return seconds;
  throw new Error(
    `${given === undefined ? "the commit's time" : 'SOURCE_DATE_EPOCH'} is ${JSON.stringify(text)}: expected seconds since 1970`,
  );
}
