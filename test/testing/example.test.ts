import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { createExamplePackage } from './example-package.ts';
import { runTests, skipReasons } from './run-tests.ts';

const root = join(import.meta.dirname, '../..');
const sources = {
  packageJson: '{"name":"reveille","type":"module","exports":{"./testing":"./src/testing/index.ts"}}',
  links: { src: join(root, 'src') },
};

test('the provider in docs/writing-a-provider.md passes its own tests, none skipped but of what it need not have and has not', async (context) => {
  const example = createExamplePackage(sources);
  context.after(() => example.delete());
  const { passed, failed, output } = await runTests(join(example.folder, 'index.test.js'));
  assert.deepEqual(failed, [], output);
  assert.deepEqual(skipReasons(output), ['none: it has no advise', 'none: it has no contentOf', 'none: it has no readAddress'], output);
  assert.ok(passed.length > 20, output);
});
