import type { Provider, ProviderTools } from '../../src/index.ts';

/** Says all it knows of a push in errors, reasons, and fields with telling names: what is caught on the way. */
export default function create(_: unknown, { log }: ProviderTools): Provider {
  return {
    push: async (push) => {
      const { token, account, notification } = push;
      const { body, sender, nickname } = notification;
      log.warn(`pushing to ${token}`, { token, account, sender, body, nickname, notification, error: new Error(`${account} ${token}`) });
      const everything = [account, token, body, sender, nickname, notification.encrypted?.payload].join(' ');
      if (token.startsWith('reject-')) return { kind: 'rejected', reason: everything };
      throw new Error(everything, { cause: new Error(everything) });
    },
    status: () => ({ ready: true }),
    close: async () => undefined,
  };
}
