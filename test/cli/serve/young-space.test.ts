import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { buildLauncher } from '../../../scripts/release/tree/launcher.ts';
import { platforms } from '../../../scripts/release/platforms.ts';
import { youngSpaceOption } from '../../../src/cli/serve/heap.ts';

test('whatever starts reveille serve gives the young space the same size', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  assert.equal(scripts['start'], `node scripts/run.mjs ${youngSpaceOption} src/main.ts serve --config etc/reveille.toml`);
  assert.equal(scripts['reveille'], `node scripts/run.mjs ${youngSpaceOption} src/main.ts`);
  assert.ok(readFileSync('etc/reveille.service', 'utf8').includes(`\nEnvironment=NODE_OPTIONS=${youngSpaceOption}\n`));
  for (const platform of platforms) {
    assert.ok(buildLauncher(platform).includes(`\nexec "$home/lib/node" ${youngSpaceOption} "$home/lib/reveille/dist/src/main.js" "$@"\n`));
  }
});
