import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const bench = fileURLToPath(new URL('../../bench/isolation/main.ts', import.meta.url));
const limitMs = 100_000;

async function runBench(...args: readonly string[]): Promise<{ code: number | null; output: string; errors: string }> {
  const child = spawn(process.execPath, [bench, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const timer = setTimeout(() => child.kill(), limitMs);
  const exit = once(child, 'exit') as Promise<[number | null]>;
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  clearTimeout(timer);
  return { code, output, errors };
}

test('the bench of isolation prints what the accepting provider sees, and none of its pushes is refused', async () => {
  const { code, output, errors } = await runBench('--quick');
  assert.equal(code, 0, errors);
  const rows = output.split('\n').filter((line) => /^\|.*\d\.\d/.test(line));
  assert.equal(rows.length, 5, output);
  for (const row of rows) assert.match(row, /\| 0 \|$/);
});

test('an argument it does not know: exit 2 and how it is called', async () => {
  const { code, errors } = await runBench('--fast');
  assert.deepEqual([code, errors], [2, 'bench:isolation [--quick]\n']);
});
