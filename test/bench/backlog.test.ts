import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runBacklog } from '../../bench/backlog/run-backlog.ts';
import { runBench } from './run-bench.ts';

// The long form is `npm run bench -- backlog`; see docs/database.md.

test('thousands that wait go out once the service is back, and new pushes arrive meanwhile', async (t) => {
  const { text, isBalanced } = await runBacklog({ waiting: 2_000, perSecond: 50, devices: 60, calmMs: 2_000, drainMs: 20_000, seed: 1 });
  t.diagnostic(text);
  assert.ok(isBalanced, text);
});

test('an argument that bench backlog does not know: exit 2 and how it is called', async () => {
  const { code, errors } = await runBench('backlog', '--fast');
  assert.equal(code, 2);
  assert.match(errors, /^bench backlog \[--waiting N\][^\n]*\n$/);
});
