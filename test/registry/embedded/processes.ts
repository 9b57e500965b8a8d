import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Script {
  readonly pid: number;
  /** The next line it prints; undefined once it ended. */
  nextLine(): Promise<string | undefined>;
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** Runs a script beside this file as the leader of a process group of its own. */
export function runScript(name: string, args: readonly string[], user: { uid?: number; gid?: number } = {}): Script {
  const path = fileURLToPath(new URL(name, import.meta.url));
  const child = spawn(process.execPath, [path, ...args], { stdio: ['pipe', 'pipe', 'inherit'], detached: true, cwd: '/', ...user });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    pid: child.pid ?? 0,
    nextLine: async () => {
      const { done, value } = await lines.next();
      return done === true ? undefined : value;
    },
    kill: async (signal) => {
      if (!hasEnded(child)) process.kill(-(child.pid ?? 0), signal);
      await ended;
    },
  };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Pids of the servers (not of their workers, which a moment after their fork have no name of their own yet) that run on a folder. */
export function listServers(folder: string): number[] {
  const named = readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && readCommand(pid).some((argument) => argument === `${folder}/postgres`));
  return named.filter((pid) => !named.includes(readParent(pid)));
}

/** 0 where it has gone. */
function readParent(pid: number): number {
  try {
    return Number(/^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

function readCommand(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
