// Room: the rules, a file each. In: a trial. Out: passed or failed with words. May enter: testing.
import { waitUntil } from '../../base/wait-until.ts';
import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import type { Outcome, Provider, Push } from '../../index.ts';
import type { Rule } from '../rule.ts';
import type { Trial } from '../trial.ts';

const crowd = 20;
const undelivered: readonly Outcome['kind'][] = ['rejected', 'retry'];

export const closeRules: readonly Rule[] = [
  {
    name: 'lets pushes under way settle before it is closed',
    async check(trial) {
      const pushes = Array.from({ length: crowd }, () => trial.buildPush());
      await trial.arrange('accepted', ...pushes);
      const outcomes = await closeDuring(trial, await trial.create(), pushes);
      for (const outcome of outcomes) trial.expect(outcome, ['accepted', ...undelivered], 'a push under way');
    },
  },
  {
    name: 'closes even while the service is silent',
    async check(trial) {
      const push = trial.buildPush();
      if (!(await trial.arrange('silent', push))) return;
      const provider = await trial.create();
      const outcome = trial.push(provider, push);
      await trial.until(() => trial.scene.received() > 0, 'the service gets the push');
      await trial.close(provider);
      trial.expect(await outcome, undelivered, 'a push under way');
    },
  },
  {
    name: 'sends nothing once it is closed',
    async check(trial) {
      const push = trial.buildPush();
      await trial.arrange('accepted', push);
      const provider = await trial.create();
      await trial.close(provider);
      trial.expect(await trial.push(provider, push), undelivered, 'a push after the end');
      assert.equal(trial.scene.received(), 0);
    },
  },
  {
    name: 'leaves nothing behind that keeps the process alive',
    async check(trial) {
      const pushes = Array.from({ length: crowd }, () => trial.buildPush());
      await trial.arrange('accepted', ...pushes);
      trial.watch.start();
      const provider = await trial.create();
      await Promise.all(pushes.map((push) => trial.push(provider, push)));
      await trial.close(provider);
      await waitUntil(() => trial.watch.holding.length === 0, trial.limitMs);
      assert.deepEqual(trial.watch.holding, [], 'still there after close');
    },
  },
  {
    name: 'does not disturb another instance when it is closed',
    async check(trial) {
      const pushes = Array.from({ length: crowd }, () => trial.buildPush());
      await trial.arrange('accepted', ...pushes);
      const [first, second] = [await trial.create(), await trial.create()];
      await Promise.all(pushes.slice(1).map((push, index) => trial.push(index % 2 === 0 ? first : second, push)));
      await trial.close(first);
      for (const push of pushes.slice(0, 1)) trial.expect(await trial.push(second, push), ['accepted'], 'a push of the other instance');
    },
  },
];

async function closeDuring(trial: Trial, provider: Provider, pushes: readonly Push[]): Promise<readonly Outcome[]> {
  let isClosed = false;
  const late: number[] = [];
  const outcomes = pushes.map(async (push, index) => {
    const outcome = await trial.push(provider, push);
    if (isClosed) late.push(index);
    return outcome;
  });
  await trial.close(provider);
  // One turn, so that what settled with it counts as before it.
  await turn();
  isClosed = true;
  const all = await Promise.all(outcomes);
  assert.deepEqual(late, [], 'pushes that settled only after close did');
  return all;
}
