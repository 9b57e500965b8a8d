import assert from 'node:assert/strict';
import { types } from 'node:util';
import type { Provider } from '../../index.ts';
import { faultsOfAddressVerdict } from '../judging/address-verdict-faults.ts';
import { ResourceWatch } from '../judging/resource-watch.ts';
import type { Rule } from '../rule.ts';
import { strangeTokens } from '../strange-tokens.ts';
import type { Trial } from '../trial.ts';

type Read = (address: string) => unknown;

/** Rules of `readAddress`, which a provider need not have. */
export const addressRules: readonly Rule[] = [
  buildRule('takes an address that its service gives', (read, trial) => {
    const address = trial.subject.buildAddress?.();
    if (address === undefined) {
      trial.context.skip('none: there is no buildAddress');
      return;
    }
    trial.secrets.addToken(address);
    const verdict = read(address) as { readonly kind?: unknown } | undefined;
    assert.deepEqual(faultsOfAddressVerdict(verdict), [], 'not a proper verdict on an address of its service');
    assert.equal(verdict?.kind, 'address', 'it does not take an address of its service');
  }),
  buildRule('says of every text at once whether it is an address of its own', (read, trial) => {
    const watch = new ResourceWatch();
    watch.start();
    for (const text of buildTexts(trial)) {
      const verdict = watch.run(() => read(text));
      if (types.isPromise(verdict)) verdict.catch(() => undefined);
      assert.deepEqual(faultsOfAddressVerdict(verdict), [], `not a proper verdict on ${nameText(text)}`);
    }
    watch.stop();
    assert.deepEqual(watch.begun, [], 'it is asked for each message that comes and must do no work for it');
  }),
  buildRule('says of the same address the same whenever it is asked', (read, trial) => {
    const texts = buildTexts(trial);
    const verdicts = texts.map(read);
    // In another order, so that what it keeps of the text before shows.
    const again = texts.toReversed().map(read).reverse();
    assert.deepEqual(again, verdicts);
  }),
  buildRule('refuses an address without quoting it', (read, trial) => {
    for (const text of buildTexts(trial)) {
      const verdict = read(text) as { readonly kind?: unknown; readonly reason?: unknown } | undefined;
      if (verdict?.kind === 'refused') assert.deepEqual(trial.secrets.findIn(verdict.reason), [], 'the reason shows the address');
    }
  }),
];

function buildRule(name: string, check: (read: Read, trial: Trial) => void): Rule {
  return {
    name,
    async check(trial) {
      const provider: Provider = await trial.create();
      if (provider.readAddress === undefined) trial.context.skip('none: it has no readAddress');
      else check((address) => provider.readAddress?.(address), trial);
    },
  };
}

/** Addresses of the service where the trial has some, as they are and spoilt; its tokens; and whatever else a server may send. */
function buildTexts(trial: Trial): readonly string[] {
  const own = trial.subject.buildAddress?.();
  const spoilt =
    own === undefined ? [] : [own, own.toUpperCase(), own.slice(0, -1), `${own}!`, `${own}#`, `${own}&&`, ` ${own}\n`, own + own];
  const texts = [...spoilt, trial.buildToken(), `xmpp:${trial.buildToken()}@example.org`, ...strangeTokens];
  for (const text of texts) trial.secrets.addToken(text);
  return texts;
}

/** Not the text, which may hold a token. */
function nameText(text: string): string {
  return `a text of ${text.length} characters`;
}
