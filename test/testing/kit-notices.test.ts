import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { defects } from './defects/index.ts';
import { createExamplePackage } from './example-package.ts';
import { readSuites, runTests, type TestRun } from './run-tests.ts';

/** A process each, and what it loads, is what costs most; too many together would leave the second core idle at the end. */
const together = 6;

const example = createExamplePackage({ packageJson: '{"name":"reveille"}', links: {} });
const spoilt = join(import.meta.dirname, 'spoilt-provider.ts');
const names = Object.keys(defects);
const groups = Array.from({ length: Math.ceil(names.length / together) }, (_, i) => names.slice(i * together, (i + 1) * together));

describe('the kit notices a provider that', { concurrency: 3 }, () => {
  after(() => example.delete());
  for (const group of groups) {
    describe(group.join(', '), { concurrency: false }, () => {
      let suites: ReadonlyMap<string, TestRun> | undefined;
      for (const name of group) {
        test(name, async () => {
          suites ??= await runGroup(group);
          const { failed, output } = suites.get(`${name} as a provider`) ?? { failed: ['its suite is missing'], output: '' };
          assert.deepEqual(failed.toSorted(), defects[name]?.noticedBy.toSorted(), output);
        });
      }
    });
  }
});

async function runGroup(group: readonly string[]): Promise<ReadonlyMap<string, TestRun>> {
  // One that leaves something behind would keep its process.
  const { output } = await runTests(spoilt, { DEFECTS: JSON.stringify(group), EXAMPLE: example.folder }, ['--test-force-exit']);
  return readSuites(output);
}
