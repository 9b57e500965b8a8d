import type { Provider, TokenVerdict } from '../../../src/index.ts';
import { replacing, rule, type Defect, type Defects } from './defect.ts';

type Verdict = (text: string, good: (text: string) => TokenVerdict) => unknown;

/** `build` is called for each provider. */
function checking(build: () => Verdict, ...noticedBy: readonly string[]): Defect {
  const change = (good: Provider) => {
    const verdict = build();
    return { checkToken: (text: string) => verdict(text, (other) => good.checkToken!(other)) };
  };
  return { spoil: replacing(change), noticedBy };
}

const refused = (reason: string): TokenVerdict => ({ kind: 'refused', reason });

function forgetful(): Verdict {
  const seen = new Set<string>();
  return (text, good) => (seen.has(text) ? refused('was registered before') : (seen.add(text), good(text)));
}

export const tokenCheckDefects: Defects = {
  'refuses tokens of its service': checking(
    () => (text, good) => (/[0-9a-f]{64}/i.test(text) ? refused('is not a token of Acme') : good(text)),
    rule.checksOwn,
  ),
  'says nothing of texts of two lines': checking(
    () => (text, good) => (/\S\n\S/.test(text) ? { kind: 'refused' } : good(text)),
    rule.checksAtOnce,
  ),
  'sets a timer to look at tokens': checking(
    () => (text, good) => {
      setTimeout(() => undefined, 1).unref();
      return good(text);
    },
    rule.checksAtOnce,
  ),
  'refuses a token that it has seen': checking(forgetful, rule.checksTheSame, rule.tidiesOnce),
  'takes away one quotation mark at a time': checking(
    () => (text, good) => (/^".*"$/.test(text) ? { kind: 'token', token: text.slice(1, -1) } : good(text)),
    rule.tidiesOnce,
  ),
  'quotes what it refuses': checking(
    () => (text, good) => {
      const verdict = good(text);
      return verdict.kind === 'refused' ? refused(`is not a token of Acme: ${text.slice(0, 100).replaceAll('\n', ' ')}`) : verdict;
    },
    rule.refusesQuietly,
  ),
  'logs what it looks at': {
    spoil: replacing((good, _, { log }) => ({
      checkToken: (text: string) => {
        log.debug('looking', { text });
        return good.checkToken!(text);
      },
    })),
    noticedBy: [rule.log],
  },
};
