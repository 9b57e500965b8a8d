import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const bench = fileURLToPath(new URL('../../bench/throughput/main.ts', import.meta.url));
const limitMs = 180_000;
const rows = ['Reveille', '(a) @xmpp/component', '(a) with TCP_NODELAY', '(b) node:http2'];

async function runBench(...args: readonly string[]): Promise<{ code: number | null; output: string; errors: string }> {
  const child = spawn(process.execPath, [bench, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const timer = setTimeout(() => child.kill(), limitMs);
  const exit = once(child, 'exit') as Promise<[number | null]>;
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  clearTimeout(timer);
  return { code, output, errors };
}

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
