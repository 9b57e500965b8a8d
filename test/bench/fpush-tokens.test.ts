import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runBench } from './run-bench.ts';

test('fpush-tokens shows memory and what is remembered, and loses nothing that waits', async () => {
  const { code, output, errors } = await runBench('fpush-tokens', '2000');
  assert.equal(code, 0, errors);
  const steps = [...output.matchAll(/^(\d+) tokens +RSS \d+ MB, heap \d+ MB; windows (\d+), waiting (\d+), dead tokens (\d+); /gm)];
  assert.equal(steps.length, 10, output);
  const [tokens, windows, waiting, dead] = steps.at(-1)!.slice(1).map(Number) as [number, number, number, number];
  assert.equal(tokens, 2_000);
  assert.ok(windows <= 2_000 && waiting <= 400 && dead > 100 && dead < 300, output);
  const [, pushes, lost] = /^(\d+) pushes in all; lost at the end: (\d+)$/m.exec(output)!.map(Number);
  assert.equal(lost, 0);
  assert.ok(pushes! > 2_000 && pushes! <= 2_400, output);
});
