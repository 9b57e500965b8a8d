import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reveille } from '../reveille.ts';
import { buildTargets, createStage, dumpTargets, slow } from './stage.ts';

test('a dump of any length is read in the same memory, however long its statements', slow, async () => {
  const stage = await createStage();
  try {
    // Fifteen megabytes in one statement; as rows they would take several times as much.
    const dump = await stage.place('p2.sql', dumpTargets(buildTargets(90_000), 90_000));
    const little = { NODE_OPTIONS: '--max-old-space-size=32' };
    const { exitCode, out, err } = await reveille(['import', '--from', 'p2', dump, '--config', stage.config, '--dry-run'], little);
    assert.equal(exitCode, 0, err);
    assert.match(out, /^90000 registrations read: 90000 would be taken, 0 there already, 0 not taken\.\n/);
  } finally {
    await stage.close();
  }
});
