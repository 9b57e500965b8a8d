import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { buildTable } from '../../bench/faults/table.ts';

const bench = fileURLToPath(new URL('../../bench/apns-faults/main.ts', import.meta.url));
const limitMs = 180_000;

async function runBench(...args: readonly string[]): Promise<{ code: number | null; output: string; errors: string }> {
  const child = spawn(process.execPath, [bench, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const timer = setTimeout(() => child.kill(), limitMs);
  const exit = once(child, 'exit') as Promise<[number | null]>;
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  clearTimeout(timer);
  return { code, output, errors };
}

test('the bench of faults prints a row for each fault and client, and Reveille loses nothing', async () => {
  const { code, output, errors } = await runBench('--quick');
  assert.equal(code, 0, errors);
  const rows = output
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2)
    .map((line) => line.split('|').map((cell) => cell.trim()));
  assert.deepEqual(
    rows.map(([, , client]) => client),
    Array.from({ length: 3 }, () => ['Reveille', '@parse/node-apn', 'apns2']).flat(),
  );
  for (const [, , client, pushes, accepted, , , , lost] of rows) {
    assert.equal(pushes, '100');
    if (client === 'Reveille') assert.deepEqual([accepted, lost], ['100', '0'], output);
  }
});

test('an argument it does not know: exit 2 and how it is called', async () => {
  const { code, errors } = await runBench('--fast');
  assert.deepEqual([code, errors], [2, 'bench:apns-faults [--quick]\n']);
});

test('losses and clients that do not recover stand out in the table', () => {
  const row = {
    fault: 'x',
    client: 'apns2',
    sent: 5,
    accepted: 3,
    retried: 0,
    inDoubt: 2,
    twice: 0,
    lost: 2,
    recoveredMs: undefined,
  } as const;
  assert.match(buildTable([row]), /\| x \| apns2 \| 5 \| 3 \| 0 \| 2 \| 0 \| \*\*2\*\* \| \*\*not in time\*\* \|$/);
});
