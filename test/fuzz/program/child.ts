import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

const program = join(import.meta.dirname, '../../../src/main.ts');
const preload = join(import.meta.dirname, 'quick-reconnect.ts');
/** Beyond this heap the program dies: its memory is bounded, whatever comes in. */
const heapMiB = 384;
const stopLimitMs = 30_000;
/** The kernel ends it where this process dies without having cleaned up. */
const tie = existsSync('/usr/bin/setpriv') ? ['/usr/bin/setpriv', '--pdeathsig', 'KILL', '--'] : [];

/** One `reveille serve`. */
export class Child {
  /** Told of each line that is worse than a warning, and of an end that nobody asked for. */
  onTrouble: (what: string) => void = () => undefined;
  /** The HTTP port, once it is ready. */
  http: string | undefined;
  /** Events of warnings, and how often. */
  readonly warnings = new Map<string, number>();
  readonly #process: ChildProcess;
  readonly #exited: Promise<unknown>;
  #isStopping = false;

  constructor(config: string) {
    const args = [`--max-old-space-size=${heapMiB}`, '--import', preload, program, 'serve', '--config', config];
    const [command = '', ...rest] = [...tie, process.execPath, ...args];
    const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = child;
    let last = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (last = (last + text).slice(-1_000)));
    readLines(child.stdout, (line) => this.#read(line));
    this.#exited = once(child, 'exit').then(([code, signal]) => {
      if (!this.#isStopping) this.onTrouble(`the program ended (${String(code ?? signal)}): ${last}`);
    });
  }

  /** Ends it as a service manager does, by force after half a minute. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#process.kill('SIGTERM');
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), stopLimitMs);
    await this.#exited;
    clearTimeout(timer);
  }

  #read(line: string): void {
    const { level, event, http, reason } = JSON.parse(line) as Readonly<Record<string, string | undefined>>;
    if (event === 'ready') this.http = http;
    if (level === 'error' || level === 'fatal') this.onTrouble(`the log says ${line.slice(0, 500)}`);
    if (level === 'warn') this.#warn([event, reason].filter((part) => part !== undefined).join(': '));
  }

  #warn(what: string): void {
    this.warnings.set(what, (this.warnings.get(what) ?? 0) + 1);
  }
}

/** Not by readline, which takes U+2028 in a stanza's id for the end of a line. */
function readLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
}
