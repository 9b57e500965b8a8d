import assert from 'node:assert/strict';
import type { Provider, TokenVerdict } from '../../index.ts';
import { ResourceWatch } from '../judging/resource-watch.ts';
import type { Rule } from '../rule.ts';
import { strangeTokens } from '../strange-tokens.ts';
import { faultsOfTokenVerdict } from '../judging/token-verdict-faults.ts';
import type { Trial } from '../trial.ts';

type Check = NonNullable<Provider['checkToken']>;

const ownTokens = 20;

/** Rules of `checkToken`, which a provider need not have. */
export const tokenCheckRules: readonly Rule[] = [
  buildRule('takes every token that its service gives', (check, trial) => {
    for (const token of buildOwn(trial)) {
      const verdict = check(token);
      assert.deepEqual(faultsOfTokenVerdict(verdict), [], 'not a proper verdict on a token of its service');
      assert.equal(verdict.kind, 'token', 'it refuses a token of its service');
    }
  }),
  buildRule('says of every text at once whether it may be a token', (check, trial) => {
    const watch = new ResourceWatch();
    watch.start();
    for (const text of buildTexts(trial)) {
      const verdict: unknown = watch.run(() => check(text));
      if (verdict instanceof Promise) verdict.catch(() => undefined);
      assert.deepEqual(faultsOfTokenVerdict(verdict), [], `not a proper verdict on ${nameText(text)}`);
    }
    watch.stop();
    assert.deepEqual(watch.begun, [], 'it is asked within a registration and must do no work for it');
  }),
  buildRule('says of the same text the same whenever it is asked', (check, trial) => {
    const texts = buildTexts(trial);
    const verdicts = texts.map(check);
    // In another order, so that what it keeps of the text before shows.
    const again = texts.toReversed().map(check).reverse();
    assert.deepEqual(again, verdicts);
  }),
  buildRule('leaves a token that it has tidied as it is', (check, trial) => {
    for (const text of buildTexts(trial)) {
      const verdict = check(text) as TokenVerdict | undefined;
      if (verdict?.kind !== 'token') continue;
      assert.deepEqual(check(verdict.token), verdict, `tidied twice, ${nameText(text)} is another token`);
    }
  }),
  buildRule('refuses a text without quoting it', (check, trial) => {
    for (const text of buildTexts(trial)) {
      const verdict = check(text) as TokenVerdict | undefined;
      if (verdict?.kind === 'refused') assert.deepEqual(trial.secrets.findIn(verdict.reason), [], 'the reason shows what was registered');
    }
  }),
];

function buildRule(name: string, check: (checkToken: Check, trial: Trial) => void): Rule {
  return {
    name,
    async check(trial) {
      const provider = await trial.create();
      if (provider.checkToken === undefined) trial.context.skip('none: it has no checkToken');
      else check((text) => provider.checkToken?.(text) as TokenVerdict, trial);
    },
  };
}

function buildOwn(trial: Trial): readonly string[] {
  const tokens = Array.from({ length: ownTokens }, () => trial.buildToken());
  for (const token of tokens) trial.secrets.addToken(token);
  return tokens;
}

/** Tokens of the service, as they are and as clients spoil them, and whatever else a client may say. */
function buildTexts(trial: Trial): readonly string[] {
  const texts = [...buildOwn(trial).flatMap(spoil), ...strangeTokens];
  for (const text of texts) trial.secrets.addToken(text);
  return texts;
}

function spoil(token: string): readonly string[] {
  const grouped = token.replace(/.{8}(?=.)/g, '$& ');
  const around = [`<${token}>`, `<${grouped}>`, `<<${token}>>`, ` ${token}\r\n`, `\n  ${token}\n\t`, `\u00a0${token}\u00a0`];
  const quoted = [`"${token}"`, `""${token}""`, `token=${token}`, JSON.stringify({ token })];
  return [token, token.toUpperCase(), grouped, ...around, ...quoted, token.slice(1), `${token}!`, token.repeat(2), `${token} ${token}`];
}

/** Not the text, which may hold a token. */
function nameText(text: string): string {
  return `a text of ${text.length} characters`;
}
