import assert from 'node:assert/strict';
import type { Push } from '../../index.ts';
import type { Rule } from '../rule.ts';
import type { Trial } from '../trial.ts';

const crowd = 500;

export const concurrencyRules: readonly Rule[] = [
  {
    name: `settles ${crowd} pushes at once, each with its own outcome`,
    async check(trial) {
      const pushes = Array.from({ length: crowd }, () => trial.buildPush());
      await trial.arrange('accepted', ...pushes);
      const isMixed = trial.scene.tellsTokensApart === true && typeof trial.scene.situations.gone === 'function';
      const dead = new Set(isMixed ? pushes.filter((_, index) => index % 2 === 1) : []);
      if (isMixed) await trial.arrange('gone', ...dead);
      await pushAll(trial, pushes, dead);
    },
  },
];

async function pushAll(trial: Trial, pushes: readonly Push[], dead: ReadonlySet<Push>): Promise<void> {
  const provider = await trial.create();
  const outcomes = await Promise.all(pushes.map((push) => trial.push(provider, push)));
  for (const [index, outcome] of outcomes.entries()) {
    const push = pushes[index];
    assert.ok(push !== undefined);
    trial.expect(outcome, [dead.has(push) ? 'gone' : 'accepted'], `push ${index} of ${crowd}`);
  }
}
