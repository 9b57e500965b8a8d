import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const limitMs = 60_000;

/** One of the benches as `npm run bench:…` starts it; settles when it has ended. */
export async function runProgram(bench: string, ...args: readonly string[]): Promise<{ code: number | null; errors: string }> {
  const program = fileURLToPath(new URL(`../../bench/${bench}/main.ts`, import.meta.url));
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  const timer = setTimeout(() => child.kill(), limitMs);
  const exit = once(child, 'exit') as Promise<[number | null]>;
  const [errors, [code]] = await Promise.all([text(child.stderr), exit]);
  clearTimeout(timer);
  return { code, errors };
}
