import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { ensurePackages } from '../../scripts/apt.ts';

const skip = existsSync('/usr/bin/apt-get') ? false : 'no apt-get here';

test('packages that are installed are present, and nothing is done', { skip }, async () => {
  assert.equal(await ensurePackages(['dpkg', 'apt']), 'present');
});

test('who is not root is told which packages are missing, and why they stay so', { skip }, async (t) => {
  t.mock.method(process as { getuid(): number }, 'getuid', () => 1000);
  assert.deepEqual(await ensurePackages(['dpkg', 'no-such-package-of-ours']), {
    missing: ['no-such-package-of-ours'],
    reason: 'installing packages needs root',
  });
});
