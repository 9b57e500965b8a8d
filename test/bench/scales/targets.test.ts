import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atLeast, atMost, buildTable, noting } from '../../../bench/targets/finding.ts';
import { judgeCourse } from '../../../bench/targets/memory.ts';
import { buildUsage, parseTargets } from '../../../bench/targets/plan.ts';
import { runBench } from '../run-bench.ts';

const memory = () => ({ rss: 0, database: 50e6 });

test('what is missed stands out in the table', () => {
  const table = buildTable([atMost('start', 1.5, 1.5, ' s'), noting(atLeast('rate', 2, 1.99), 'of three')]);
  assert.equal(
    table,
    '| figure | target | measured | reached |\n| --- | ---: | ---: | --- |\n' +
      '| start | ≤ 1.5 s | 1.50 s | yes |\n| rate | ≥ 2 | 1.99 (of three) | **no** |',
  );
});

test('a figure that could not be measured reaches nothing', () => {
  assert.deepEqual([atMost('x', 1, NaN).isReached, atLeast('x', 1, NaN).isReached], [false, false]);
});

test('memory that grows with load is missed, though it ends below its bound', () => {
  const [end, growth] = judgeCourse('under load', 160, [100e6, 101e6, 120e6, 150e6], { memory });
  assert.deepEqual([end?.isReached, growth?.isReached, growth?.measured], [true, false, '1.49']);
});

test('memory that goes up and down does not grow', () => {
  const [, growth] = judgeCourse('under load', 160, [150e6, 101e6, 140e6, 149e6], { memory });
  assert.equal(growth?.isReached, true);
});

test('arguments that are not understood: how it is called', () => {
  for (const args of [['now'], ['--fast'], ['--minutes', '-1'], ['--only', 'start,nothing']])
    assert.throws(() => parseTargets(args, ['start']), { message: buildUsage(['start']) }, args.join(' '));
});

test('one part alone prints its target', { skip: process.platform !== 'linux' && 'reads /proc' }, async () => {
  const { code, output, errors } = await runBench('targets', '--quick', '--only', 'start');
  assert.equal(code, 0, errors);
  assert.match(output, /^\| start to ready with an existing embedded database \| ≤ 1\.5 s \| [\d.]+ s \([\d.]+\) \| (yes|\*\*no\*\*) \|$/m);
});
