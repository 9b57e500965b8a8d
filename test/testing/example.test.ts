import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { createExamplePackage } from './example-package.ts';
import { runTests } from './run-tests.ts';

const root = join(import.meta.dirname, '../..');
const sources = {
  packageJson: '{"name":"reveille","type":"module","exports":{"./testing":"./src/testing/index.ts"}}',
  links: { src: join(root, 'src') },
};

test('the provider in docs/writing-a-provider.md passes its own tests, none skipped', async (context) => {
  const example = createExamplePackage(sources);
  context.after(() => example.delete());
  const { passed, failed, skipped, output } = await runTests(join(example.folder, 'index.test.js'));
  assert.deepEqual([failed, skipped], [[], []], output);
  assert.ok(passed.length > 20, output);
});
