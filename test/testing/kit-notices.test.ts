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
/** Saves a fifth of the processor time, and is nothing to those whose errors are told from others by their promise. */
const untracked = `--import=${join(import.meta.dirname, 'untracked-promises.mjs')}`;
const isUncaught = (name: string): boolean => defects[name]?.isUncaught === true;
const names = Object.keys(defects).filter((name) => !isUncaught(name));
const groups = Array.from({ length: Math.ceil(names.length / together) }, (_, i) => names.slice(i * together, (i + 1) * together));
groups.push(Object.keys(defects).filter(isUncaught));

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
  const args = ['--test-force-exit', ...(group.some(isUncaught) ? [] : [untracked])];
  const { output } = await runTests(spoilt, { DEFECTS: JSON.stringify(group), EXAMPLE: example.folder }, args);
  return readSuites(output);
}
