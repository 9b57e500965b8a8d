import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../bench/main.ts', import.meta.url));
const limitMs = 180_000;

export interface BenchRun {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** As `npm run bench -- …`; settles when it has ended. */
export async function runBench(...args: readonly string[]): Promise<BenchRun> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const timer = setTimeout(() => child.kill(), limitMs);
  const exit = once(child, 'exit') as Promise<[number | null]>;
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  clearTimeout(timer);
  return { code, output, errors };
}
