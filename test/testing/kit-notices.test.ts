import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { defects } from './defects/index.ts';
import { createExamplePackage } from './example-package.ts';
import { runTests } from './run-tests.ts';

const example = createExamplePackage({ packageJson: '{"name":"reveille"}', links: {} });
const spoilt = join(import.meta.dirname, 'spoilt-provider.ts');

describe('the kit notices a provider that', { concurrency: 2 }, () => {
  after(() => example.delete());
  for (const [name, { noticedBy }] of Object.entries(defects)) {
    test(name, async () => {
      // One that leaves something behind would keep its process.
      const { failed, output } = await runTests(spoilt, { DEFECT: name, EXAMPLE: example.folder }, ['--test-force-exit']);
      assert.deepEqual(failed.toSorted(), noticedBy.toSorted(), output);
    });
  }
});
