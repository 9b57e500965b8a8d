import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { spawnTied } from './daemon.ts';

/** One line of Reveille's log. */
export interface LogLine {
  readonly level: string;
  readonly event: string;
  readonly [field: string]: unknown;
}

/** `reveille serve` as a child process. */
export interface ReveilleProcess {
  readonly lines: readonly LogLine[];
  /** Asks it to end as a service manager does; settles with its exit code, rejects when it takes half a minute. */
  stop(): Promise<number | null>;
  /** Takes it away without warning (SIGKILL); settles when it is gone. */
  kill(): Promise<void>;
}

/** The checkout's. */
export const program = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const readyTimeoutMs = 60_000;
const stopTimeoutMs = 30_000;

const isReady = ({ event }: LogLine): boolean => event === 'ready';

/**
 * Settles when the `ready` event, or what is asked for, was logged; rejects with the log when that doesn't come. Its owner calls
 * stop or kill. `command` is the checkout's program, or another that becomes Reveille by exec.
 */
export async function startReveille(
  configFile: string,
  isUp = isReady,
  command: readonly string[] = [process.execPath, program],
): Promise<ReveilleProcess> {
  const child = spawnTied([...command, 'serve', '--config', configFile]);
  const exited = once(child, 'exit') as Promise<[number | null, string | null]>;
  const lines: LogLine[] = [];
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ready = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      output += `${line}\n`;
      const parsed = parseLine(line);
      if (parsed === undefined) return;
      lines.push(parsed);
      if (isUp(parsed)) resolve();
    });
  });
  const insist = () => child.kill('SIGKILL');
  const failed = exited.then(([code, signal]) => Promise.reject(new Error(`reveille ended (${code ?? signal ?? ''}) before it was ready`)));
  try {
    await within(Promise.race([ready, failed]), readyTimeoutMs, 'reveille is not ready');
  } catch (cause) {
    insist();
    throw new Error(`${cause instanceof Error ? cause.message : String(cause)}\n${output}`, { cause });
  }
  return {
    lines,
    async stop() {
      child.kill('SIGTERM');
      const [code] = await within(exited, stopTimeoutMs, `reveille does not end\n${output}`).finally(insist);
      return code;
    },
    async kill() {
      insist();
      await exited;
    },
  };
}

function parseLine(line: string): LogLine | undefined {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return undefined; // Something else than the log; the error text shows it.
  }
}

async function within<T>(promise: Promise<T>, limitMs: number, complaint: string): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`${complaint} (${limitMs / 1000} s)`)), limitMs);
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
