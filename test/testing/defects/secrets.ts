import type { ProviderTools, Push } from '../../../src/index.ts';
import { replacing, rule, type Defect, type Defects } from './defect.ts';

function logging(write: (push: Push, tools: ProviderTools, options: Readonly<Record<string, string>>) => void): Defect {
  return {
    spoil: replacing((good, options, tools) => ({
      push: (push: Push, signal: AbortSignal) => {
        write(push, tools, options);
        return good.push(push, signal);
      },
    })),
    noticedBy: [rule.log],
  };
}

export const secretDefects: Defects = {
  'logs the token': logging((push, { log }) => log.debug('sending', { to: { token: push.token } })),
  'logs the text in an error': logging((push, { log }) =>
    log.error('failed', { error: new Error('failed', { cause: new Error(push.notification.body) }) }),
  ),
  'logs its key in base64': logging((_, { log }, options) =>
    log.debug('sending', { headers: `Basic ${Buffer.from(options['key'] ?? '').toString('base64')}` }),
  ),
  'prints the token past the log': logging((push) => console.error('sending to', push.token)),
  'shows its key in an error about its options': {
    spoil: (create) => (options, tools) => {
      const { url, key } = options as { url: string; key: string };
      if (url === 'push') throw new Error(`url: can't use ${JSON.stringify({ url, key })}`);
      return create(options, tools);
    },
    noticedBy: ['refuses a url that is none'],
  },
};
