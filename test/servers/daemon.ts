import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';

export interface DaemonCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** The user to run as where we are root. */
  readonly user: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The folder that is `/` for it (chroot, which needs root); absent: ours. */
  readonly root?: string | undefined;
  readonly logFile: string;
}

/** A server process that is ours. */
export interface Daemon {
  /** Asks it to end, insists after ten seconds, and settles when it is gone. */
  stop(): Promise<void>;
  /** Rejects with the log, the process gone, when it ended before every port answered or one didn't within a minute. */
  listening(...ports: readonly number[]): Promise<void>;
}

const readyTimeoutMs = 60_000;
const stopTimeoutMs = 10_000;

export function startDaemon(daemon: DaemonCommand): Daemon {
  const child = spawnTied([daemon.command, ...daemon.args], daemon.user, daemon.env, daemon.root);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  let failure: string | undefined;
  const exited = once(child, 'exit').then(
    ([code, signal]) => (failure ??= `ended (${String(code ?? signal)})`),
    (error: unknown) => (failure = String(error)),
  );
  const report = (what: string) => new Error(`${daemon.command} ${what}\n${output}\n${readLog(daemon.logFile)}`);
  const stop = async () => {
    if (failure !== undefined) return;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
    await exited;
    clearTimeout(timer);
  };
  return {
    stop,
    async listening(...ports) {
      const deadline = Date.now() + readyTimeoutMs;
      for (const port of ports) {
        while (!(await isListening(port))) {
          const obstacle = failure ?? (Date.now() > deadline ? `does not listen on port ${port}` : undefined);
          if (obstacle !== undefined) throw await stop().then(() => report(obstacle));
          await pause(50);
        }
      }
    },
  };
}

/**
 * Starts a command that the kernel ends when this process dies without having cleaned up. Where we are root it runs as
 * `user`, if one is given (Prosody would not refuse to stay root).
 */
export function spawnTied(
  command: readonly string[],
  user?: string,
  env: DaemonCommand['env'] = {},
  root?: string,
): ChildProcessByStdio<null, Readable, Readable> {
  const identity = user !== undefined && process.getuid?.() === 0 ? ['--reuid', user, '--regid', user, '--init-groups'] : [];
  const tie = existsSync('/usr/bin/setpriv') ? ['/usr/bin/setpriv', ...identity, '--pdeathsig', 'TERM', '--'] : [];
  // The tie comes last: the kernel forgets it when the user changes.
  const enter = root === undefined ? [] : ['/usr/sbin/chroot', root];
  const [program = '', ...args] = [...enter, ...tie, ...command];
  return spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Gives a folder to the user whom the server runs as; both are those of `root`, where there is one. */
export function giveTo(user: string, folder: string, root?: string): void {
  const enter = root === undefined ? [] : ['chroot', root];
  if (process.getuid?.() === 0) execFileSync('env', [...enter, 'chown', '-R', `${user}:`, folder]);
}

export function readLog(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '(no log)';
}

/** As many different TCP ports of loopback as asked for that nobody listens on just now. */
export async function freePorts<const Names extends string>(...names: Names[]): Promise<Record<Names, number>> {
  const servers = names.map(() => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return Object.fromEntries(names.map((name, index) => [name, ports[index]])) as Record<Names, number>;
}

function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return once(socket, 'connect').then(
    () => (socket.destroy(), true),
    () => false,
  );
}
