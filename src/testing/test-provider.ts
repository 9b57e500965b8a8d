// Room: the provider kit, reveille/testing. In: a provider and a scene. Out: tests. May enter: authors of providers.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProviderUnderTest } from './provider-under-test.ts';
import { adviceRules } from './rules/advice.ts';
import { addressRules } from './rules/addresses.ts';
import { abortRules } from './rules/abort.ts';
import { closeRules } from './rules/close.ts';
import { concurrencyRules } from './rules/concurrency.ts';
import { contentRules } from './rules/contents.ts';
import { creationRules } from './rules/creation.ts';
import { expiryRules } from './rules/expiry.ts';
import { buildOptionsRules } from './rules/options.ts';
import { outcomeRules } from './rules/outcomes.ts';
import { purityRules } from './rules/purity.ts';
import { statusRules } from './rules/status.ts';
import { tokenCheckRules } from './rules/token-checks.ts';
import { tokenRules } from './rules/tokens.ts';
import { Trial } from './trial.ts';
import { Verdict } from './judging/verdict.ts';

/** Long enough for what nobody waits for to go wrong. */
const afterglowMs = 100;

const rules = [
  ...creationRules,
  ...outcomeRules,
  ...tokenRules,
  ...tokenCheckRules,
  ...addressRules,
  ...contentRules,
  ...concurrencyRules,
  ...abortRules,
  ...expiryRules,
  ...purityRules,
  ...statusRules,
  ...adviceRules,
  ...closeRules,
];

/**
 * Declares a suite with one test for each rule of the contract; call it at the top of a test file. A rule that can't be shown
 * here is skipped, and says why.
 */
export function testProvider(subject: ProviderUnderTest): void {
  void describe(`${subject.name} as a provider`, { concurrency: false }, () => {
    const verdict = new Verdict();
    before(() => verdict.start());
    after(() => verdict.stop());
    for (const rule of [...buildOptionsRules(subject), ...rules])
      void test(rule.name, async (context) => rule.check(await Trial.open(context, subject, verdict)));
    void test('in all these tests it logs no secret, token, account, sender or text', () => {
      assert.deepEqual(verdict.leaks, []);
    });
    void test('in all these tests it leaves no rejection unhandled and causes no warning', async () => {
      await sleep(afterglowMs);
      assert.deepEqual(verdict.troubles, []);
    });
  });
}
