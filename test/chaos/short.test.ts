import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runChaos } from '../../bench/chaos/run-chaos.ts';
import { runKills } from '../../bench/chaos/run-kills.ts';

// The long forms are `npm run bench -- chaos`; see docs/chaos.md.

/** Draws what every short run should have: deaths, an absent database, an outage, and clocks that jump by hours and by minutes. */
const seed = 150;

// At once: both mostly wait, for faults to end and for leases to be over.
describe('the chaos suite', { concurrency: true }, () => {
  test('half a minute of faults loses nothing that was acknowledged, and no registration, and phones with local connections show nothing twice', async (t) => {
    const { text, isBalanced } = await runChaos({ ms: 30_000, seed, perSecond: 60, devices: 200 });
    t.diagnostic(text);
    assert.ok(isBalanced, text);
    assert.match(text, /\n\| local push \| offered /);
  });

  test('two kills -9 in the middle of bursts lose nothing that was acknowledged', async (t) => {
    const { text, isBalanced } = await runKills({ kills: 2, burst: 500, seed: 4 });
    t.diagnostic(text);
    assert.ok(isBalanced, text);
  });
});
