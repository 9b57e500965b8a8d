import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import type { Rule } from '../rule.ts';

const crowd = 1_000;

export const abortRules: readonly Rule[] = [
  {
    name: 'settles a push that is aborted before it begins',
    async check(trial) {
      const push = trial.buildPush();
      await trial.arrange('accepted', push);
      const outcome = await trial.push(await trial.create(), push, AbortSignal.abort());
      trial.expect(outcome, ['accepted', 'rejected', 'retry'], 'an aborted push');
      if (outcome.kind === 'accepted') assert.equal(trial.scene.received(), 1, 'it says accepted, but the service got nothing');
    },
  },
  {
    name: 'gives up a push that is aborted while the service is silent',
    async check(trial) {
      const push = trial.buildPush();
      if (!(await trial.arrange('silent', push))) return;
      const controller = new AbortController();
      const outcome = trial.push(await trial.create(), push, controller.signal);
      await trial.until(() => trial.scene.received() > 0, 'the service gets the push');
      controller.abort();
      trial.expect(await outcome, ['rejected', 'retry'], 'a push aborted under way');
    },
  },
  {
    name: `settles ${crowd} pushes under one signal when it aborts, and leaves no listener on it`,
    async check(trial) {
      const pushes = Array.from({ length: crowd }, () => trial.buildPush());
      if (!(await trial.arrange('silent', ...pushes))) return;
      const provider = await trial.create();
      const controller = new AbortController();
      const outcomes = pushes.map((push) => trial.push(provider, push, controller.signal));
      await trial.until(() => trial.scene.received() > 0, 'the service gets one of the pushes');
      controller.abort();
      for (const outcome of await Promise.all(outcomes)) trial.expect(outcome, ['rejected', 'retry'], 'a push aborted with others');
      assert.equal(listenersOn(controller.signal), 0, 'listeners are left on the aborted signal');
    },
  },
  {
    name: 'leaves no listener on the signal of pushes that have ended',
    async check(trial) {
      const pushes = Array.from({ length: 20 }, () => trial.buildPush());
      await trial.arrange('accepted', ...pushes);
      const provider = await trial.create();
      const { signal } = new AbortController();
      await Promise.all(pushes.map((push) => trial.push(provider, push, signal)));
      // Many pushes share one signal. fetch() never takes its listener away; AbortSignal.any([signal]) leaves none.
      assert.equal(listenersOn(signal), 0, 'remove them when the push ends; to fetch() give AbortSignal.any([signal])');
    },
  },
];

function listenersOn(signal: AbortSignal): number {
  return getEventListeners(signal, 'abort').length;
}
