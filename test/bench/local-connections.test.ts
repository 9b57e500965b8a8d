import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runBench } from './run-bench.ts';

test('the bench of local connections: all connect, get their pushes over the connection, and are back after a restart', async () => {
  const { code, output, errors } = await runBench('local-connections', '--quick', '--connections', '50');
  assert.equal(code, 0, errors);
  assert.match(output, /resident memory, 50 connected \| \d+ MB/);
  assert.match(output, /50 of 50 over the connection, 0 through the push service/);
  assert.match(output, /until all are back \| \d/);
});

test('an argument it does not know: exit 2 and how it is called', async () => {
  const { code, errors } = await runBench('local-connections', '--fast');
  assert.equal(code, 2);
  assert.match(errors, /^bench local-connections \[--quick\] \[--connections 20000\]/);
});
