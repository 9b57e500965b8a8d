import assert from 'node:assert/strict';
import { closeSync, constants, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { mountSmallDisk, smallDiskOrSkip } from '../../registry/embedded/small-disk.ts';
import { waitFor } from '../../helpers/wait-for.ts';
import { createServing, main, type Serving } from './serving.ts';

const { O_RDONLY, O_WRONLY, O_NONBLOCK } = constants;
const skipDisk = await smallDiskOrSkip();
const skipTerminal = explainMissingTerminal();

let serving: Serving;
beforeEach(async () => void (serving = await createServing()));
afterEach(() => serving.close());

/** Terminals are made by Python. In CI nothing is skipped. */
function explainMissingTerminal(): string | false {
  if (spawnSync('python3', ['-c', 'import pty']).status === 0) return false;
  if (process.env['CI'] !== undefined) throw new Error('needs python3 for a terminal');
  process.stderr.write('skipped: needs python3 for a terminal\n');
  return 'needs python3 for a terminal';
}

function makeFifo(): string {
  const path = join(serving.folder, 'fifo');
  execFileSync('mkfifo', [path]);
  return path;
}

/** What is in a pipe by now. */
function readPipe(fd: number): string {
  const bytes = Buffer.alloc(1024 * 1024);
  try {
    return bytes.toString('utf8', 0, readSync(fd, bytes));
  } catch {
    return ''; // EAGAIN: nothing
  }
}

/** Until nothing more goes in. */
function fillPipe(path: string): void {
  const fd = openSync(path, O_WRONLY | O_NONBLOCK);
  try {
    for (;;) writeSync(fd, `${'x'.repeat(1023)}\n`);
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'EAGAIN');
  } finally {
    closeSync(fd);
  }
}

/** `serve` on a terminal, where these keys are typed at once, until it is told to close. */
function onTerminal(keys = ''): readonly string[] {
  const program = `
import os, pty, select, sys
pid, terminal = pty.fork()
if pid == 0:
  os.execvp(sys.argv[2], sys.argv[2:])
print(pid, flush=True)
os.write(terminal, sys.argv[1].encode())
while True:
  readable, _, _ = select.select([0, terminal], [], [])
  if terminal in readable: os.read(terminal, 65536)
  if 0 in readable: break
os.close(terminal)
_, status = os.waitpid(pid, 0)
sys.exit(os.waitstatus_to_exitcode(status) % 256)
`;
  return ['python3', '-c', program, keys, process.execPath, main, 'serve', '--config', serving.file];
}

describe('reveille serve', () => {
  test('whose log is read by nobody any more goes on, says so, and stops in order', async () => {
    await serving.start('pipe');
    serving.child.stdout?.destroy();
    await serving.assertPushes();
    assert.match(String((await serving.readReady())?.['log']), /^can't be written \(EPIPE\); \d+ lines are lost$/);
    assert.match(await serving.readMetrics(), /^reveille_log_lines_lost_total [1-9]/m);
    serving.child.kill('SIGTERM');
    await serving.assertEnds(0);
  });

  test('writes again, a line about the gap first, when the collector at the other end of a FIFO has come back', async () => {
    const path = makeFifo();
    const reader = openSync(path, O_RDONLY | O_NONBLOCK);
    const writer = openSync(path, O_WRONLY);
    await serving.start(writer);
    closeSync(writer);
    closeSync(reader);
    await serving.assertPushes();
    assert.match(String((await serving.readReady())?.['log']), /EPIPE/);
    const again = openSync(path, O_RDONLY | O_NONBLOCK);
    let text = '';
    await waitFor('the log', () => (text += readPipe(again)).includes('\n'));
    await serving.assertPushes();
    await waitFor('the push', () => (text += readPipe(again)).includes('"accepted"'));
    closeSync(again);
    // What was still in the FIFO comes before.
    const [, gap = '', since = ''] = /(\{[^\n]*"log-lines-lost"\}\n)([^]*)/.exec(text) ?? [];
    const { lost } = JSON.parse(gap) as { lost: number };
    assert.match(await serving.readMetrics(), new RegExp(`^reveille_log_lines_lost_total ${lost}$`, 'm'));
    assert.match(since, /"accepted"/);
    assert.doesNotMatch(since, /log-lines-lost/);
    assert.equal((await serving.readReady())?.['log'], undefined);
    serving.child.kill('SIGTERM');
    await serving.assertEnds(0);
  });

  test('waits for no reader that stands still: it becomes ready and pushes, and what it wrote is read later', async () => {
    const path = makeFifo();
    const reader = openSync(path, O_RDONLY | O_NONBLOCK);
    const writer = openSync(path, O_WRONLY);
    fillPipe(path);
    await serving.start(writer);
    closeSync(writer);
    await serving.assertPushes();
    assert.equal((await serving.readReady())?.['log'], undefined);
    let text = '';
    await waitFor('the log', () => (text += readPipe(reader)).includes('"accepted"'));
    assert.match(text, /"database-started"[^]*"ready"[^]*"accepted"/);
    assert.doesNotMatch(text, /log-lines-lost/);
    serving.child.kill('SIGTERM');
    await serving.assertEnds(0);
    closeSync(reader);
  });

  test('whose log is on a full disk from the start goes on, says so, and stops in order', async () => {
    const full = openSync('/dev/full', 'w');
    await serving.start(full);
    closeSync(full);
    await serving.assertPushes();
    assert.match(String((await serving.readReady())?.['log']), /ENOSPC/);
    serving.child.kill('SIGTERM');
    await serving.assertEnds(0);
  });

  test('whose log file has a disk that fills up pushes on, and writes again when there is room', { skip: skipDisk }, async () => {
    await using cleanUp = new AsyncDisposableStack();
    const disk = await mountSmallDisk(1);
    cleanUp.defer(() => disk.close());
    const path = join(disk.folder, 'log');
    const log = openSync(path, 'a');
    await serving.start(log);
    closeSync(log);
    disk.fill();
    // Until what was left of its last block is full.
    await waitFor('a line to be lost', async () => {
      await serving.assertPushes();
      return (await serving.readReady())?.['log'] !== undefined;
    });
    disk.free();
    await waitFor('the log', () => readFileSync(path, 'utf8').includes('log-lines-lost'));
    assert.equal((await serving.readReady())?.['log'], undefined);
    await serving.assertPushes();
    serving.child.kill('SIGTERM');
    await serving.assertEnds(0);
    const lines = readFileSync(path, 'utf8').trim().split('\n');
    const broken = lines.filter((line) => !line.endsWith('}'));
    assert.ok(broken.length <= 1, 'at most the line that was being written');
    assert.match(lines.at(-1)!, /"stopped"/);
  });

  test('goes on when its terminal is closed, and drains when it is told to end', { skip: skipTerminal }, async () => {
    await serving.start('pipe', onTerminal());
    const pid = Number(String(serving.child.stdout?.read() ?? ''));
    serving.child.stdin?.end('close\n');
    await waitFor('the end of the terminal', async () => String((await serving.readReady())?.['log']).includes('EIO'));
    await serving.assertPushes();
    process.kill(pid, 'SIGTERM');
    await serving.assertEnds(0);
  });

  test('waits for no terminal that Ctrl-S has stopped', { skip: skipTerminal }, async () => {
    await serving.start('pipe', onTerminal('\u0013'));
    const pid = Number(String(serving.child.stdout?.read() ?? ''));
    await serving.assertPushes();
    process.kill(pid, 'SIGTERM');
    serving.child.stdin?.end('close\n');
    await serving.assertEnds(0);
  });
});
