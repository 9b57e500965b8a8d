import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { plainEnv } from '../helpers/plain-env.ts';

const main = join(import.meta.dirname, '../../src/main.ts');
const limitMs = 60_000;

export interface Ended {
  readonly exitCode: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs `reveille` with these arguments to its end. */
export async function reveille(args: readonly string[], env: NodeJS.ProcessEnv = {}, program = main): Promise<Ended> {
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...plainEnv, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: limitMs,
  });
  const ended = once(child, 'close') as Promise<[number | null]>;
  const [out, err, [exitCode]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { exitCode, out, err };
}
