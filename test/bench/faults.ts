import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const limitMs = 180_000;

/** Runs a program of the bench, by its path in the repository, to its end. */
export async function runBench(
  path: string,
  ...args: readonly string[]
): Promise<{ readonly code: number | null; readonly output: string; readonly errors: string }> {
  const program = fileURLToPath(new URL(`../../${path}`, import.meta.url));
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const timer = setTimeout(() => child.kill(), limitMs);
  const exit = once(child, 'exit') as Promise<[number | null]>;
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  clearTimeout(timer);
  return { code, output, errors };
}

export interface PrintedRow {
  readonly fault: string;
  readonly client: string;
  readonly pushes: string;
  readonly accepted: string;
  readonly retried: string;
  readonly lost: string;
}

/** The rows of the printed table. */
export function readRows(output: string): readonly PrintedRow[] {
  const lines = output.split('\n').filter((line) => line.startsWith('| '));
  return lines.slice(2).map((line) => {
    const [, fault = '', client = '', pushes = '', accepted = '', retried = '', , , lost = ''] = line.split('|').map((cell) => cell.trim());
    return { fault, client, pushes, accepted, retried, lost };
  });
}
