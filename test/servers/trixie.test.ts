import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ensureTrixie } from './trixie.ts';

test('who is not root is told that Debian 13 is missing, and why it stays so', async (t) => {
  t.mock.method(process as { getuid(): number }, 'getuid', () => 1000);
  assert.deepEqual(await ensureTrixie('/nonexistent/trixie'), {
    missing: ['Debian 13 in /nonexistent/trixie'],
    reason: 'a root folder needs root',
  });
});
