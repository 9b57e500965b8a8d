import assert from 'node:assert/strict';
import { buildCases } from '../cases.ts';
import { freezeDeep } from '../../base/freeze.ts';
import type { Rule } from '../rule.ts';

export const purityRules: readonly Rule[] = [
  {
    name: 'changes neither its options nor a push',
    async check(trial) {
      const pushes = [...buildCases(() => trial.buildToken()).values()];
      await trial.arrange('accepted', ...pushes);
      const { options } = trial.scene;
      const before = structuredClone({ options, pushes });
      freezeDeep({ options, pushes });
      const provider = await trial.create(options);
      for (const push of pushes) await trial.push(provider, push);
      // A frozen Date can be set all the same.
      assert.deepEqual({ options, pushes }, before);
    },
  },
];
