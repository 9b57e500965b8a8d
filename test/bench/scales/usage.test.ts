import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { listTree } from '../../../bench/base/process-tree.ts';
import { readCpu, readMemory } from '../../../bench/base/usage.ts';

const skip = process.platform !== 'linux' && 'reads /proc';

/** A shell that takes the name of PostgreSQL's processes and has a child; killed at the end. */
async function startTree() {
  const script = 'printf postgres > /proc/$$/comm; /bin/sh -c "echo ready; read line"; :';
  const child = spawn('/bin/sh', ['-c', script], { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
  await once(child.stdout, 'data');
  const pid = child.pid!;
  return {
    pid,
    async [Symbol.asyncDispose]() {
      process.kill(-pid, 'SIGKILL');
      await once(child, 'exit');
    },
  };
}

test('a process is listed with its children', { skip }, async () => {
  await using tree = await startTree();
  assert.deepEqual(
    listTree(tree.pid).map(({ name }) => name),
    ['postgres', 'sh'],
  );
});

test("a database that a program started is the database's memory, not the program's", { skip }, async () => {
  await using tree = await startTree();
  const { rss, database } = readMemory({ programs: [tree.pid], databases: [tree.pid] });
  const [, child] = listTree(tree.pid);
  const ofChild = readMemory({ programs: [child!.pid], databases: [] }).rss;
  // Both are shells of about the same size.
  assert.ok(ofChild > 0 && Math.abs(rss - ofChild) < ofChild / 2, `${rss} beside ${ofChild}`);
  assert.ok(database > 0, String(database));
});

test('what has ended costs nothing', { skip }, async () => {
  const child = spawn('/bin/true');
  await once(child, 'exit');
  const gone = { programs: [child.pid!], databases: [child.pid!] };
  assert.deepEqual(
    [readCpu(gone), readMemory(gone)],
    [
      { programUs: 0, databaseUs: 0 },
      { rss: 0, database: 0 },
    ],
  );
});

test('the processor time that a program uses is counted', { skip }, () => {
  const measured = { programs: [process.pid], databases: [] };
  const before = readCpu(measured).programUs;
  const spent = () => process.cpuUsage().user + process.cpuUsage().system;
  const until = spent() + 100_000;
  while (spent() < until) for (let round = 0; round < 1_000_000; round += 1);
  const used = readCpu(measured).programUs - before;
  assert.ok(used >= 80_000, `${used} µs of 100,000`);
});
