import { execFile } from 'node:child_process';
import { globSync, renameSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { ensurePackages } from '../../../scripts/apt.ts';

/** Gives single processes another time of day. https://github.com/wolfcw/libfaketime */
const packages = ['libfaketime'];
const trialLimitMs = 30_000;
const dayMs = 86_400_000;

/** Where the library is, or why the clocks of this run don't jump. */
export type FakeTime = { readonly library: string } | { readonly absent: string };

/** Installs the library where that is possible, and tries it on this Node; never rejects. */
export async function findFakeTime(): Promise<FakeTime> {
  const ensured = await ensurePackages(packages);
  const [library] = globSync('/usr/lib/*/faketime/libfaketimeMT.so.1');
  if (library === undefined) return { absent: typeof ensured === 'string' ? 'libfaketime has no library here' : ensured.reason };
  return (await isEffective(library)) ? { library } : { absent: 'libfaketime does not move the clock of this Node' };
}

/** The time of day of one process, which is not everybody's; timers and stopwatches go on as they do. */
export class WallClock {
  /** For the process. */
  readonly env: Readonly<Record<string, string>>;
  readonly #file: string;

  /** `file` says how far off it is. */
  constructor(library: string, file: string) {
    this.#file = file;
    this.env = buildEnv(library, { FAKETIME_TIMESTAMP_FILE: file });
    this.set(0);
  }

  /** From now on the process has the right time and so much more. */
  set(aheadMs: number): void {
    const next = `${this.#file}.next`;
    writeFileSync(next, formatOffset(aheadMs));
    renameSync(next, this.#file); // The process reads it at any moment.
  }
}

function buildEnv(library: string, offset: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return { LD_PRELOAD: library, FAKETIME_NO_CACHE: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1', NO_FAKE_STAT: '1', ...offset };
}

function formatOffset(ms: number): string {
  return `${ms < 0 ? '-' : '+'}${Math.abs(ms) / 1000}`;
}

async function isEffective(library: string): Promise<boolean> {
  const env = { ...process.env, ...buildEnv(library, { FAKETIME: formatOffset(dayMs) }) };
  const told = promisify(execFile)(process.execPath, ['-p', 'Date.now()'], { env, timeout: trialLimitMs });
  const now = await told.then(({ stdout }) => Number(stdout)).catch(() => NaN);
  return now - Date.now() > dayMs / 2;
}
