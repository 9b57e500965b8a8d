import assert from 'node:assert/strict';
import type { Rule } from '../rule.ts';

const lateMs = 60_000;

export const expiryRules: readonly Rule[] = [
  {
    name: 'does not send a push whose time is over',
    async check(trial) {
      const late = trial.buildPush(undefined, { expiresAt: new Date(Date.now() - lateMs) });
      const next = trial.buildPush();
      await trial.arrange('accepted', late, next);
      const provider = await trial.create();
      trial.expect(await trial.push(provider, late), ['rejected', 'retry'], 'a push whose time is over');
      await trial.push(provider, next);
      assert.equal(trial.scene.received(), 1, 'of a late push and one in time, the service has to get the second');
    },
  },
];
