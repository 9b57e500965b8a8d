import assert from 'node:assert/strict';
import { types } from 'node:util';
import type { Provider } from '../../index.ts';
import { faultsOfAdvice } from '../judging/advice-faults.ts';
import { ResourceWatch } from '../judging/resource-watch.ts';
import type { Rule } from '../rule.ts';
import { strangeTokens } from '../strange-tokens.ts';
import type { Trial } from '../trial.ts';

type Advise = (reason: string) => unknown;

/** What services say in one way or another; a provider may be asked about any of it. */
const commonReasons = ['HTTP 400', '401 Unauthorized', '403 Forbidden', '429 TooManyRequests', 'HTTP 503', 'ECONNREFUSED', 'closed'];
/** Names that every object has. */
const inheritedNames = ['constructor', '403 constructor', '403 toString'];

/** Rules of `advise`, which a provider need not have. */
export const adviceRules: readonly Rule[] = [
  buildRule('has advice on any reason at once, in a line of words, or none', (advise, reasons) => {
    const watch = new ResourceWatch();
    watch.start();
    for (const reason of reasons) {
      const advice = watch.run(() => advise(reason));
      if (types.isPromise(advice)) advice.catch(() => undefined);
      assert.deepEqual(faultsOfAdvice(advice), [], `not a proper advice on ${JSON.stringify(reason.slice(0, 50))}`);
    }
    watch.stop();
    assert.deepEqual(watch.begun, [], 'it is asked at each look at the status page and must do no work for it');
  }),
  buildRule('gives the same advice on the same reason, and no secret with it', (advise, reasons, trial) => {
    const given = reasons.map(advise);
    assert.deepEqual(reasons.toReversed().map(advise).reverse(), given);
    assert.deepEqual(trial.secrets.findIn(given), [], 'the advice shows what must stay secret');
  }),
];

function buildRule(name: string, check: (advise: Advise, reasons: readonly string[], trial: Trial) => void): Rule {
  return {
    name,
    async check(trial) {
      const provider: Provider = await trial.create();
      if (provider.advise === undefined) trial.context.skip('none: it has no advise');
      else check((reason) => provider.advise?.(reason), await collectReasons(trial, provider), trial);
    },
  };
}

/** Its own, as far as the service can be brought to cause them, and others. */
async function collectReasons(trial: Trial, provider: Provider): Promise<readonly string[]> {
  const own: string[] = [];
  for (const name of ['rejected', 'retry'] as const) {
    if (typeof trial.scene.situations[name] !== 'function') continue;
    const push = trial.buildPush();
    await trial.arrange(name, push);
    const outcome = await trial.push(provider, push);
    if ('reason' in outcome) own.push(outcome.reason);
  }
  const { reason } = provider.status();
  return [...own, ...(reason === undefined ? [] : [reason]), ...commonReasons, ...inheritedNames, ...strangeTokens];
}
