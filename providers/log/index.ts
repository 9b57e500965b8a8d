// Room: a provider that writes down what it would push. In: pushes. Out: accepted. May enter: loading, by import().
import { z } from 'zod';
import type { Outcome, Provider, ProviderTools, Push } from '../../src/index.ts';

/** The provider's table in the configuration. */
export const options = z.strictObject({
  level: z.enum(['debug', 'info']).default('info').describe('Level of the line that each push writes.'),
});

/** Writes each push to the log and accepts it: the example to copy, and a way to try things without a push service. */
export default function create(input: unknown, { log }: ProviderTools): Provider {
  const { level } = options.parse(input);
  let isClosed = false;
  return {
    push(push: Push, signal: AbortSignal): Promise<Outcome> {
      if (isClosed || signal.aborted) return Promise.resolve({ kind: 'retry', reason: isClosed ? 'closed' : 'aborted' });
      if (push.expiresAt.getTime() <= Date.now()) return Promise.resolve({ kind: 'rejected', reason: 'expired before it was sent' });
      log[level]('push', { id: push.id, token: push.token.slice(0, 6), fields: fieldsOf(push) });
      return Promise.resolve({ kind: 'accepted', id: push.id });
    },
    status: () => ({ ready: true }),
    close() {
      isClosed = true;
      return Promise.resolve();
    },
  };
}

/** Which fields the notification had; what they say is nobody's business here. */
function fieldsOf({ notification }: Push): readonly string[] {
  return Object.entries(notification).flatMap(([name, value]) => (value === undefined ? [] : [name]));
}
