import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Rule } from '../rule.ts';

/** Long enough for a connection to be begun by somebody who is eager to. */
const eagernessMs = 100;

export const creationRules: readonly Rule[] = [
  {
    name: 'is created without connecting anywhere',
    async check(trial) {
      trial.watch.start();
      await trial.create();
      await sleep(eagernessMs);
      assert.deepEqual(trial.watch.outward, [], 'reveille check creates every provider and must touch nothing');
      assert.equal(trial.scene.received(), 0);
    },
  },
];
