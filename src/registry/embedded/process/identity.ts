import { existsSync, readFileSync } from 'node:fs';

/** A process that is told apart from a later one of the same pid, where the system tells when it started. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startedAt: string | undefined;
}

/** Undefined where no such process lives. */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  if (!existsSync('/proc/self/stat')) return isSignalable(pid) ? { pid, startedAt: undefined } : undefined;
  const fields = readStat(pid);
  // proc(5): after the command come the state, and as the twentieth field the start in ticks since boot. Z and X are dead.
  const isDead = fields === undefined || fields[0] === 'Z' || fields[0] === 'X';
  return isDead ? undefined : { pid, startedAt: `${readBoot()} ${fields[19]}` };
}

export function isAlive({ pid, startedAt }: ProcessIdentity): boolean {
  const found = identifyProcess(pid);
  return found !== undefined && (startedAt === undefined || startedAt === found.startedAt);
}

function readStat(pid: number): string[] | undefined {
  const text = readIfAny(`/proc/${pid}/stat`);
  // The command stands in parentheses and may itself contain some.
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
}

function readBoot(): string {
  return readIfAny('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
}

function readIfAny(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // the process ended, or the system hides the file
  }
}

function isSignalable(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
