import { execFile } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runTool } from '../../../scripts/release/run-tool.ts';
import { createTestFolder } from '../../helpers/database/postgres.ts';
import type { DebianRoot } from '../../helpers/debian-root.ts';

/** A Debian that nobody has touched yet: what is written to it does not reach the folder that is kept. */
export interface FreshRoot {
  readonly folder: string;
  /** Every file, folder and link of it, sorted. */
  list(): Promise<readonly string[]>;
  remove(): Promise<void>;
}

/** What a command came to; one that fails is an answer as well. */
export interface Result {
  readonly code: number | null;
  /** What it printed, on both. */
  readonly output: string;
}

const limitMs = 300_000;

export async function makeFreshRoot(base: DebianRoot): Promise<FreshRoot> {
  const place = await createTestFolder();
  const [folder, upper, work] = [join(place, 'root'), join(place, 'upper'), join(place, 'work')];
  for (const each of [folder, upper, work]) await mkdir(each);
  await runTool('mount', ['-t', 'overlay', 'overlay', '-o', `lowerdir=${base.folder},upperdir=${upper},workdir=${work}`, folder]);
  return {
    folder,
    list: async () => (await runTool('find', [folder, '-xdev', '-printf', '/%P\n'])).trimEnd().split('\n').sort(),
    remove: async () => {
      await runTool('umount', ['--lazy', folder]);
      await rm(place, { recursive: true, force: true });
    },
  };
}

/** Runs a command with nothing of our environment but a path and a language. Rejects where it takes two minutes. */
export async function runPlain(program: string, args: readonly string[]): Promise<Result> {
  const env = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    LC_ALL: 'C.UTF-8',
    DEBIAN_FRONTEND: 'noninteractive',
  };
  try {
    const { stdout, stderr } = await promisify(execFile)(program, args, { env, timeout: limitMs });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && typeof error.code === 'number' && 'stdout' in error && 'stderr' in error))
      throw error;
    return { code: error.code, output: `${String(error.stdout)}${String(error.stderr)}` };
  }
}
