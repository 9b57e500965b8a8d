import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { text } from 'node:stream/consumers';
import { plainEnv } from '../../helpers/plain-env.ts';
import type { Ended } from '../reveille.ts';

const main = join(import.meta.dirname, '../../../src/main.ts');
const limitMs = 60_000;

/** `reveille init` as a script calls it, in a folder and with what it finds at standard input. */
export async function callInit(folder: string, args: readonly string[], input = ''): Promise<Ended> {
  const child = spawn(process.execPath, [main, 'init', ...args], { cwd: folder, env: plainEnv, timeout: limitMs });
  child.stdin.on('error', () => undefined); // it need not be read
  child.stdin.end(input);
  const ended = once(child, 'close') as Promise<[number | null]>;
  const [out, err, [exitCode]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { exitCode, out, err };
}

/** The same with a person at a terminal. */
export interface Person {
  /** Everything on the screen so far. */
  screen(): string;
  /** Settles when the screen shows the text behind what was seen before. */
  sees(what: string): Promise<void>;
  types(keys: string): void;
  /** Settles with the exit code. */
  ended(): Promise<number | null>;
}

/** A pseudo-terminal by script(1), which every Debian has. */
export function sitAt(folder: string, args: readonly string[]): Person {
  const command = [process.execPath, main, 'init', ...args].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['--quiet', '--return', '--flush', '--echo', 'never', '--command', command, '/dev/null'], {
    cwd: folder,
    env: { ...plainEnv, TERM: 'dumb', SHELL: '/bin/sh' },
    stdio: ['pipe', 'pipe', 'inherit'],
    timeout: limitMs,
  });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  let screen = '';
  let seen = 0;
  let wake = (): void => undefined;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    screen += chunk;
    wake();
  });
  child.stdout.on('end', () => wake());
  return {
    screen: () => screen,
    async sees(what) {
      for (;;) {
        const at = screen.indexOf(what, seen);
        if (at >= 0) return void (seen = at + what.length);
        if (child.stdout.readableEnded) throw new Error(`never saw ${what}:\n${screen}`);
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    types: (keys) => void child.stdin.write(keys),
    async ended() {
      const [code] = await exited;
      return code;
    },
  };
}

/** Every file below a folder, with its mode. */
export function listFiles(folder: string): Readonly<Record<string, string>> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).toSorted();
  return Object.fromEntries(paths.map((path) => [relative(folder, path), (statSync(path).mode & 0o777).toString(8)]));
}
