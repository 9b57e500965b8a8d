import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createFolder } from '../config/folder.ts';
import { reveille } from './reveille.ts';

test('migrate sets an empty database up, and finds nothing to do the second time', { timeout: 120_000 }, async () => {
  const folder = createFolder({
    'reveille.toml': '[component]\njid = "push.example.org"\nsecret = "s"\n[database]\ndata-dir = "data"\n[providers.a]\nuse = "log"\n',
  });
  // Run by root, the embedded PostgreSQL runs as another user, who has to reach its folder.
  chmodSync(folder, 0o711);
  const args = ['migrate', '--config', join(folder, 'reveille.toml')];
  const events = (out: string): unknown[] =>
    out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { event: unknown }).event);
  const first = await reveille(args);
  assert.deepEqual([first.exitCode, first.err], [0, '']);
  assert.ok(events(first.out).includes('migration-applied'), first.out);
  const second = await reveille(args);
  assert.deepEqual([second.exitCode, second.err], [0, '']);
  assert.ok(!events(second.out).includes('migration-applied'), second.out);
  assert.equal(events(second.out).at(-1), 'database-ready');
});
