import type { Outcome, Provider } from '../../src/index.ts';

/** What happens to a push is written in its token: the part before the first dash. */
const outcomes: Readonly<Record<string, () => Promise<Outcome> | Outcome>> = {
  accept: () => ({ kind: 'accepted' }),
  gone: () => ({ kind: 'gone' }),
  goneLongAgo: () => ({ kind: 'gone', since: new Date(0) }),
  reject: () => ({ kind: 'rejected', reason: 'PayloadTooLarge' }),
  retry: () => ({ kind: 'retry', reason: 'ServiceUnavailable' }),
  throw: () => {
    throw new Error('a bug in the provider');
  },
  hang: () => new Promise<Outcome>(() => undefined),
  slow: () => new Promise<Outcome>((resolve) => setTimeout(() => resolve({ kind: 'accepted' }), 500)),
};

/** A provider for tests, loaded by its path as a third party's would be. */
export default function create(): Provider {
  return {
    push: async (push) => (outcomes[push.token.split('-')[0] ?? ''] ?? outcomes['accept']!)(),
    status: () => ({ ready: true }),
    close: async () => undefined,
  };
}
