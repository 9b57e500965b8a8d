import { readFileSync } from 'node:fs';
import { readCpuUs, readEndedCpuUs } from './cpu-time.ts';
import { listTree } from './process-tree.ts';

/** Whose processor time and memory are read: programs by their first process, databases by PostgreSQL's postmaster. */
export interface Measured {
  readonly programs: readonly number[];
  readonly databases: readonly number[];
}

/** Microseconds since each began. */
export interface CpuUsage {
  readonly programUs: number;
  readonly databaseUs: number;
}

/** Bytes. */
export interface MemoryUsage {
  /** Resident set of the programs, as `ps` shows it. */
  readonly rss: number;
  /** Proportional set (PSS) of the databases: what their processes share is counted once. */
  readonly database: number;
}

const databaseName = 'postgres';

/** A database that a program started is not counted with the program. */
export function readCpu({ programs, databases }: Measured): CpuUsage {
  return {
    programUs: sum(programs.flatMap(listProgram).map((pid) => readIfThere(() => readCpuUs(pid)))),
    // Its helpers come and go: those that ended are counted by the postmaster.
    databaseUs: sum(databases.map((pid) => readIfThere(() => readEndedCpuUs(pid)) + sum(listPids(pid).map(readLiveCpuUs)))),
  };
}

export function readMemory({ programs, databases }: Measured): MemoryUsage {
  return {
    rss: sum(programs.flatMap(listProgram).map((pid) => readIfThere(() => readRollup(pid, 'Rss')))),
    database: sum(databases.flatMap(listPids).map((pid) => readIfThere(() => readRollup(pid, 'Pss')))),
  };
}

function listProgram(root: number): readonly number[] {
  return listTree(root)
    .filter(({ name }) => name !== databaseName)
    .map(({ pid }) => pid);
}

function listPids(root: number): readonly number[] {
  return listTree(root).map(({ pid }) => pid);
}

function readLiveCpuUs(pid: number): number {
  return readIfThere(() => readCpuUs(pid));
}

function readRollup(pid: number, which: 'Rss' | 'Pss'): number {
  const found = new RegExp(`^${which}: +(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'));
  return Number(found?.[1] ?? 0) * 1024;
}

/** 0 where the process has ended. */
function readIfThere(read: () => number): number {
  try {
    return read();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ESRCH') return 0;
    throw error;
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
