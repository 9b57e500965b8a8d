import assert from 'node:assert/strict';
import { types } from 'node:util';
import { freezeDeep } from '../../base/freeze.ts';
import type { Provider, Push } from '../../index.ts';
import { buildCases } from '../cases.ts';
import { faultsOfContent } from '../judging/content-faults.ts';
import { ResourceWatch } from '../judging/resource-watch.ts';
import { Secrets } from '../judging/secrets.ts';
import type { Rule } from '../rule.ts';
import type { Trial } from '../trial.ts';

type ContentOf = (push: Push) => unknown;

/** Rules of `contentOf`, which a provider need not have. */
export const contentRules: readonly Rule[] = [
  buildRule('tells at once what the app would find in a push, whatever the notification is', (contentOf, trial) => {
    const watch = new ResourceWatch();
    watch.start();
    for (const [name, push] of buildPushes(trial)) {
      const content = watch.run(() => contentOf(push));
      if (types.isPromise(content)) content.catch(() => undefined);
      assert.deepEqual(faultsOfContent(content), [], `${name}: not a proper content`);
    }
    watch.stop();
    assert.deepEqual(watch.begun, [], 'it is asked while a push waits to be sent and must do no work for it');
  }),
  buildRule('puts the id into the content of a push that may reach the app twice', (contentOf, trial) => {
    for (const [name, push] of buildPushes(trial)) {
      const content = contentOf({ ...push, showsId: true }) as Readonly<Record<string, unknown>> | undefined;
      assert.equal(content?.['push-id'], push.id, `${name}: without the id under push-id the app shows it twice`);
    }
  }),
  buildRule('tells of the same push the same content, and changes nothing in it', (contentOf, trial) => {
    const pushes = [...buildPushes(trial).values()];
    const before = structuredClone(pushes);
    freezeDeep(pushes);
    const contents = pushes.map((push) => structuredClone(contentOf(push)));
    // In another order, so that what it keeps of the push before shows.
    const again = pushes.toReversed().map(contentOf).reverse();
    assert.deepEqual(again, contents, 'asked twice it tells two contents');
    assert.deepEqual(pushes, before, 'it changed a push');
  }),
  buildRule('keeps tokens and secrets out of the content', (contentOf, trial) => {
    for (const [name, push] of buildPushes(trial)) {
      const secrets = new Secrets();
      for (const secret of trial.scene.secrets) secrets.add('a secret', secret);
      secrets.addToken(push.token);
      secrets.addToken(push.secondToken, 'the second token');
      assert.deepEqual(secrets.findIn(contentOf(push)), [], `${name}: the content shows what is meant for the service alone`);
    }
  }),
];

function buildRule(name: string, check: (contentOf: ContentOf, trial: Trial) => void): Rule {
  return {
    name,
    async check(trial) {
      const provider: Provider = await trial.create();
      if (provider.contentOf === undefined) trial.context.skip('none: it has no contentOf');
      else check((push) => provider.contentOf?.(push), trial);
    },
  };
}

function buildPushes(trial: Trial): ReadonlyMap<string, Push> {
  const pushes = buildCases(() => trial.buildToken());
  for (const push of pushes.values()) trial.secrets.addPush(push);
  return pushes;
}
