import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const limitMs = 9 * 60_000;
const outputBytes = 64 * 1024 * 1024;

/** Runs a program to its end and resolves with what it printed. Rejects, with what it complained of, where it fails or takes nine minutes. */
export async function runTool(program: string, args: readonly string[], folder?: string): Promise<string> {
  const options = { cwd: folder, timeout: limitMs, maxBuffer: outputBytes, env: { ...process.env, LC_ALL: 'C' } };
  try {
    return (await promisify(execFile)(program, args, options)).stdout;
  } catch (error) {
    const complaint = error instanceof Error && 'stderr' in error ? String(error.stderr).trim().slice(-2000) : '';
    throw new Error(`${program} ${args.slice(0, 3).join(' ')} … failed: ${complaint || messageOf(error)}`, { cause: error });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
