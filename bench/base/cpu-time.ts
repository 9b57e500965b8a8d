import { readFileSync } from 'node:fs';

/** Linux reports processor time to programs in hundredths of a second, whatever the kernel counts in. */
const tickUs = 10_000;
/** Positions in /proc/<pid>/stat behind the program's name (proc_pid_stat(5): fields 14 to 17, the name is the second). */
const own = [11, 12] as const;
const ofEndedChildren = [13, 14] as const;

/** Processor time of a process in microseconds, all its threads together, read from outside. Throws where it is gone. */
export function readCpuUs(pid: number): number {
  return readTimes(pid, own);
}

/** The same of its children that have ended. Throws where it is gone. */
export function readEndedCpuUs(pid: number): number {
  return readTimes(pid, ofEndedChildren);
}

function readTimes(pid: number, [user, system]: readonly [number, number]): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[user]) + Number(fields[system])) * tickUs;
}
