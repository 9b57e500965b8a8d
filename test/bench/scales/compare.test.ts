import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseComparison, usage } from '../../../bench/compare/plan.ts';
import { buildRatio } from '../../../bench/compare/table.ts';
import { buildScript } from '../../../bench/throughput/build.ts';
import { runBench } from '../run-bench.ts';

const isLinux = process.platform === 'linux';

test('a revision that there is not: exit 2, its name and what to give', async () => {
  const { code, errors } = await runBench('compare', 'no-such-revision');
  assert.deepEqual(
    [code, errors],
    [2, 'There is no revision "no-such-revision" in this repository. Give a branch, a tag or a commit (git log --oneline shows some).\n'],
  );
});

test('a revision that looks like an option of git is a revision that there is not', async () => {
  const { code, errors } = await runBench('compare', '--', '--all');
  assert.equal(code, 2);
  assert.match(errors, /^There is no revision "--all" in this repository/);
});

test('arguments that are not understood: how it is called', () => {
  for (const args of [[], ['a', 'b', 'c'], ['a', '--fast'], ['a', '--rounds', '0'], ['a', '--in-flight', '1,,2']])
    assert.throws(() => parseComparison(args), { message: usage }, args.join(' '));
});

test('each round is compared with the one beside it, so what slows both sides moves no ratio', () => {
  assert.deepEqual(buildRatio([100, 10, 50], [110, 11, 60]), { median: 1.1, least: 1.1, most: 1.2 });
});

test('a script without its types imports scripts', () => {
  const source = `import { a } from './a.ts';\nimport './b.ts';\nexport { c } from '../c.ts';\nconst d = await import('./d.ts');\nconst e: string = './e.ts';`;
  assert.equal(
    buildScript(source).replaceAll(/ +/g, ' '),
    `import { a } from './a.js';\nimport './b.js';\nexport { c } from '../c.js';\nconst d = await import('./d.js');\nconst e = './e.ts';`,
  );
});

test('two revisions side by side: both sides, and ratios with their spread', { skip: !isLinux && 'reads /proc' }, async () => {
  const { code, output, errors } = await runBench('compare', 'HEAD', '--quick');
  assert.equal(code, 0, errors);
  for (const row of ['pushes/s', 'CPU µs/push', 'p99 ms'])
    assert.match(output, new RegExp(`^ +${row} +[\\d.]+ +[\\d.]+ +[\\d.]+ \\([\\d.]+ to [\\d.]+\\)$`, 'm'));
  assert.match(output, /^ +memory, MB +[1-9]\d+ +[1-9]\d+$/m);
});
