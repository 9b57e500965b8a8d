import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));
/** The kernel ends it where this process dies without having cleaned up. */
const tie = existsSync('/usr/bin/setpriv') ? ['/usr/bin/setpriv', '--pdeathsig', 'KILL', '--'] : [];
const lookLimitMs = 120_000;
const stopLimitMs = 30_000;
const lookMs = 50;
/** Of the event `ready`. */
const ready = /"http":"([^"]+)"/;
/** What Node.js writes when it is sent SIGUSR1. */
const inspector = /Debugger listening on (ws:\S+)/;
const shownOfLog = 2_000;

/** `reveille serve`, as an administrator runs it. */
export interface Reveille {
  readonly pid: number;
  /** `http://host:port` of metrics and REST. */
  readonly origin: string;
  /** How often it logged each warning and error. */
  countWarnings(): ReadonlyMap<string, number>;
  /** Address of its inspector, which listens from the first call on. */
  readonly openInspector: () => Promise<string>;
  /** Rejects when the process ends before it was asked to. */
  readonly failed: Promise<never>;
  /** Asks it to end; settles when it is gone. */
  close(): Promise<void>;
}

/** Settles when it is attached and listens. Whoever starts it closes it. */
export async function startReveille(folder: string, config: string, nodeOptions: readonly string[] = []): Promise<Reveille> {
  const file = join(folder, 'reveille.toml');
  const log = join(folder, 'reveille.log');
  writeFileSync(file, config);
  const output = openSync(log, 'a');
  const [command, ...args] = [...tie, process.execPath, '--inspect-port=0', ...nodeOptions, program, 'serve', '--config', file];
  const child = spawn(command, args, { stdio: ['ignore', output, output] });
  closeSync(output);
  const exited = once(child, 'exit');
  let isClosing = false;
  const failed = exited.then(async ([code]) => {
    if (!isClosing) throw new Error(`reveille ended with ${String(code)}\n${readFileSync(log, 'utf8').slice(-shownOfLog)}`);
    return new Promise<never>(() => undefined);
  });
  failed.catch(() => undefined);
  const close = async () => {
    isClosing = true;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), stopLimitMs);
    await exited;
    clearTimeout(timer);
  };
  const openInspector = async () => {
    if (!inspector.test(readFileSync(log, 'utf8'))) child.kill('SIGUSR1');
    return findInLog(log, inspector);
  };
  try {
    const address = await Promise.race([findInLog(log, ready), failed]);
    return { pid: child.pid ?? 0, origin: `http://${address}`, openInspector, failed, close, countWarnings: () => countWarnings(log) };
  } catch (error) {
    await close();
    throw error;
  }
}

async function findInLog(log: string, pattern: RegExp): Promise<string> {
  const limit = performance.now() + lookLimitMs;
  while (performance.now() < limit) {
    const found = pattern.exec(readFileSync(log, 'utf8'))?.[1];
    if (found !== undefined) return found;
    await sleep(lookMs);
  }
  throw new Error(`the log has no ${pattern.source}\n${readFileSync(log, 'utf8').slice(-shownOfLog)}`);
}

function countWarnings(log: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of readFileSync(log, 'utf8').split('\n')) {
    const event = /"level":"(?:warn|error)".*"event":"([^"]+)"/.exec(line)?.[1];
    if (event !== undefined) counts.set(event, (counts.get(event) ?? 0) + 1);
  }
  return counts;
}
