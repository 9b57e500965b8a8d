import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { describe, test } from 'node:test';
import { scenarios } from './scenarios.ts';

describe('the component link', { concurrency: 4 }, () => {
  for (const name of Object.keys(scenarios)) {
    test(name, async () => {
      const { code, output } = await play('ours', name);
      assert.equal(code, 0, output);
    });
  }
});

describe('the bare library', { concurrency: 4 }, () => {
  for (const name of Object.keys(scenarios)) {
    test(`fails "${name}"`, async () => {
      const { code, output } = await play('bare', name);
      assert.notEqual(code, 0, output);
    });
  }
});

/** A process each: the bare library takes its process down in some of them. */
function play(subject: 'bare' | 'ours', name: string): Promise<{ code: number | null; output: string }> {
  const file = new URL('./play.ts', import.meta.url).pathname;
  const patience = subject === 'bare' ? '6000' : '30000';
  const child = spawn(process.execPath, ['--expose-gc', file, subject, name], { env: { ...process.env, TEST_PATIENCE_MS: patience } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  // Scenarios without an end of their own (nothing ever answers) are ended here and count as failed.
  const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
  return new Promise((resolve) => {
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, output: output.slice(-2000) });
    });
  });
}
