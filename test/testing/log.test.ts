import * as provider from '../../providers/log/index.ts';
import { testProvider } from '../../src/testing/index.ts';

testProvider({
  name: 'log',
  provider,
  openScene: (_, logged) => ({
    options: { level: 'debug' },
    secrets: [],
    situations: {
      accepted: () => undefined,
      gone: 'none: every token is fine',
      rejected: 'none: every push is fine',
      retry: 'none: a log is always there',
      silent: 'none: a log does not keep anybody waiting',
    },
    received: () => logged.filter(({ event }) => event === 'push').length,
  }),
  badOptions: [['an unknown level', { level: 'loud' }, /level/]],
});
