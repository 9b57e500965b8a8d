import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runBench } from './run-bench.ts';

const folder = join(import.meta.dirname, '../../bench');
const rows = ['Reveille', '(a) @xmpp/component', '(a) with TCP_NODELAY', '(b) node:http2'];

const isLinux = process.platform === 'linux';

test('the bench prints Reveille, both floors and their ratio', { skip: !isLinux && 'reads /proc' }, async () => {
  const { code, output, errors } = await runBench('--quick');
  assert.equal(code, 0, errors);
  const lines = output.split('\n').map((line) => line.trim());
  for (const row of rows) {
    const figures =
      lines
        .find((line) => line.startsWith(row))
        ?.slice(row.length)
        .trim()
        .split(/\s+/) ?? [];
    assert.equal(figures.length, 4, `${row} in\n${output}`);
    assert.ok(
      figures.every((figure) => /^\d+(\.\d+)?$/.test(figure)),
      output,
    );
  }
  assert.match(output, /ratio of CPU to \(a\)\+\(b\) = [\d.]+ µs: [\d.]+/);
});

test('the bench says how it is called where it is called wrongly', { skip: !isLinux && 'reads /proc' }, async () => {
  const { code, errors } = await runBench('--fast');
  assert.equal(code, 2);
  assert.match(errors, /^bench \[--quick\]/m);
});

test('a bench that there is not: exit 2 and those that there are', async () => {
  const { code, errors } = await runBench('troughput');
  assert.equal(code, 2);
  const [first, ...others] = errors.trim().split('\n');
  assert.equal(first, 'There is no bench "troughput". npm run bench -- NAME [options], NAME one of:');
  const folders = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'main.ts')));
  assert.deepEqual(others.map((line) => line.trim().split(' ')[0]).sort(), folders.sort());
});
