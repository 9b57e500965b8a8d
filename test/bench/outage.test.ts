import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { manners } from '../../bench/endurance/stage/service.ts';
import { runOutage } from '../../bench/outage/run-outage.ts';
import { runBench } from './run-bench.ts';

// The long form is `npm run bench -- outage`; see docs/endurance.md. A few seconds say nothing about memory.

const short = { ms: 6_000, calmMs: 2_000, perSecond: 50, devices: 60, seed: 4 };

// They mostly wait: for the breaker, and for the end of update-interval.
describe('under load', { concurrency: true }, () => {
  for (const manner of manners)
    test(`a push service that is away (${manner}) for seconds costs no push and no registration`, async (t) => {
      const { text, svg, isBalanced } = await runOutage({ ...short, manner });
      t.diagnostic(text);
      assert.ok(isBalanced, text);
      assert.match(text, /^\| during the outage \| \d+ \| [1-9]\d* \|/m);
      assert.match(text, /At most [1-9]\d* pushes waited/);
      assert.match(svg, /^<svg [\s\S]*<polyline points="\d[\s\S]*<\/svg>\n$/);
    });
});

test('an argument that bench outage does not know: exit 2 and how it is called', async () => {
  for (const wrong of [['--fast'], ['--minutes', 'none'], ['--how', 'softly']]) {
    const { code, errors } = await runBench('outage', ...wrong);
    assert.equal(code, 2);
    assert.match(errors, /^bench outage \[--minutes N\][^\n]*\n$/);
  }
});
