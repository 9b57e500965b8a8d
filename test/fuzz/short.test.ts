import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCommand } from './command.ts';
import { targets } from './targets.ts';

// The long form is `npm run fuzz`; see docs/hostile-input.md.

const inputs = 1_500;
const seed = process.env['REVEILLE_FUZZ_SEED'] ?? '1';

test('the corpus and some random inputs break no promise', async (t) => {
  const lines: string[] = [];
  const code = await runCommand(['--inputs', String(inputs), '--seed', seed], targets, (text) => lines.push(text));
  t.diagnostic(lines.join('\n'));
  assert.equal(code, 0, lines.join('\n'));
});
