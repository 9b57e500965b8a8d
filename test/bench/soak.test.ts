import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runSoak } from '../../bench/soak/run-soak.ts';
import { runBench } from './run-bench.ts';

// The long form is `npm run bench -- soak`; see docs/endurance.md. A few seconds say nothing about memory.

const everyday = [
  'device registered',
  'device unregistered by command',
  'device unregistered over REST',
  'token dead',
  'admin command',
  'GOAWAY',
  'link lost',
  'outage',
];

test('seconds of everyday life cost no push that was acknowledged, and no registration', async (t) => {
  const { text, svg, isBalanced } = await runSoak({ ms: 16_000, perSecond: 50, devices: 60, seed: 4 });
  t.diagnostic(text);
  assert.ok(isBalanced, text);
  for (const name of everyday) assert.match(text, new RegExp(`${name} [1-9]`), name);
  assert.match(text, /^\| file descriptors, median \| [1-9]/m);
  assert.match(svg, /^<svg [\s\S]*<polyline points="\d[\s\S]*<\/svg>\n$/);
});

test('an argument that bench soak does not know: exit 2 and how it is called', async () => {
  for (const wrong of [['--fast'], ['--rate', '-1']]) {
    const { code, errors } = await runBench('soak', ...wrong);
    assert.equal(code, 2);
    assert.match(errors, /^bench soak \[--minutes N\][^\n]*\n$/);
  }
});
