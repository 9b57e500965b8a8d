import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runBench } from './run-bench.ts';

test('the bench of isolation prints what the accepting provider sees, and none of its pushes is refused', async () => {
  const { code, output, errors } = await runBench('isolation', '--quick');
  assert.equal(code, 0, errors);
  const rows = output.split('\n').filter((line) => /^\|.*\d\.\d/.test(line));
  assert.equal(rows.length, 5, output);
  for (const row of rows) assert.match(row, /\| 0 \|$/);
});

test('an argument it does not know: exit 2 and how it is called', async () => {
  const { code, errors } = await runBench('isolation', '--fast');
  assert.deepEqual([code, errors], [2, 'bench isolation [--quick]\n']);
});
