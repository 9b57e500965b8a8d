import assert from 'node:assert/strict';
import type { Provider } from '../../index.ts';
import { ResourceWatch } from '../judging/resource-watch.ts';
import type { Rule } from '../rule.ts';
import { faultsOfStatus } from '../judging/status-faults.ts';
import type { Trial } from '../trial.ts';

const looks = 100;
const crowd = 50;

export const statusRules: readonly Rule[] = [
  {
    name: 'tells its status at any time, at once and without secrets',
    async check(trial) {
      const pushes = Array.from({ length: crowd }, () => trial.buildPush());
      await trial.arrange('accepted', ...pushes);
      const provider = await trial.create();
      expectStatus(trial, provider, 'when new');
      const outcomes = pushes.map((push) => trial.push(provider, push));
      for (let look = 0; look < looks; look += 1) expectStatus(trial, provider, 'while it pushes');
      await Promise.all(outcomes);
      expectStatus(trial, provider, 'after pushes');
      assert.ok(provider.status().ready, 'the service takes its pushes and it says that it is not ready');
    },
  },
  {
    name: 'does no work for its status',
    async check(trial) {
      const provider = await trial.create();
      const watch = new ResourceWatch();
      watch.start();
      watch.run(() => provider.status());
      watch.stop();
      assert.deepEqual(watch.begun, [], 'it is asked often and must be at hand');
    },
  },
];

function expectStatus(trial: Trial, provider: Provider, when: string): void {
  const status = provider.status();
  assert.deepEqual(faultsOfStatus(status), [], `${when}: not a proper status`);
  assert.deepEqual(trial.secrets.findIn(status), [], `${when}: the status shows what must stay secret`);
}
