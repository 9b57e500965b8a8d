// Room: PostgreSQL's programs as processes, and as whom they run. In: a program and its arguments. Out: its output, or a postmaster. May
// enter: embedded and its rooms.
import { spawn } from 'node:child_process';
import { stopAtExit } from './stop-at-exit.ts';

const outputLimit = 16_384;

/** Whom the server runs as where Reveille runs as root, which PostgreSQL refuses to. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

export interface ProgramResult {
  readonly code: number | null;
  /** The end of what it printed. */
  readonly output: string;
}

/** A program sees nothing of our environment: it holds secrets. */
export const programEnvironment: NodeJS.ProcessEnv = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C' };

/** Runs a program to its end, or to ours. Rejects where it can't be started; one that takes longer than `limitMs` is killed. */
export function runProgram(
  program: string,
  args: readonly string[],
  user: ServerUser | undefined,
  limitMs: number,
): Promise<ProgramResult> {
  const { promise, resolve, reject } = Promise.withResolvers<ProgramResult>();
  const child = spawn(program, args, {
    // Ctrl-C, or a terminal that is closed, is for us to hear of.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: '/',
    env: programEnvironment,
    timeout: limitMs,
    killSignal: 'SIGKILL',
    ...(user && { uid: user.uid, gid: user.gid }),
  });
  let output = '';
  const collect = (chunk: string): void => void (output = (output + chunk).slice(-outputLimit));
  child.stdout.setEncoding('utf8').on('data', collect);
  child.stderr.setEncoding('utf8').on('data', collect);
  const forget = stopAtExit(() => child.pid, 'SIGTERM');
  child.on('error', (error) => {
    forget();
    reject(error);
  });
  child.on('close', (code) => {
    forget();
    resolve({ code, output: output.trim() });
  });
  return promise;
}
