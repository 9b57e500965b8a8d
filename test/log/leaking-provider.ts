import type { Provider, ProviderTools } from '../../src/index.ts';

/** Logs the text of messages where no rule can know that it is one. */
export default function create(_: unknown, { log }: ProviderTools): Provider {
  return {
    push: async ({ notification }) => {
      log.info('pushing', { summary: notification.body });
      return { kind: 'accepted' };
    },
    status: () => ({ ready: true }),
    close: async () => undefined,
  };
}
