// Brings what a fresh clone lacks (the locked packages, and with them the pinned Node), then runs a program on that Node.
// Plain JavaScript for Node 20 and newer, because it runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const lock = `${root}package-lock.json`;
const installed = `${root}node_modules/.package-lock.json`;
const node = `${root}node_modules/node/bin/node${process.platform === 'win32' ? '.exe' : ''}`;

const isFresh = () => existsSync(node) && existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs;

if (!isFresh()) {
  console.error('Installing the locked packages (npm ci) …');
  const { status } = spawnSync('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}

const child = spawn(node, process.argv.slice(2), { stdio: 'inherit' });
// A terminal sends Ctrl-C and Ctrl-\ to the child as well; a service manager signals only this process, so pass it on. None
// of them ends this process before the child, which has work to end.
const fromTerminal = ['SIGINT', 'SIGQUIT'];
for (const signal of ['SIGTERM', 'SIGHUP', 'SIGUSR2', ...fromTerminal]) {
  process.on(signal, () => fromTerminal.includes(signal) || child.kill(signal));
}
child.on('exit', (code, signal) => process.exit(signal ? 128 + (constants.signals[signal] ?? 0) : (code ?? 1)));
