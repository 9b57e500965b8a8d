import { StanzaError } from '../../xmpp/stanza/stanza-error.ts';
import type { PublishEnd } from './answers.ts';

/** From what a publisher hears rather to what he hears only where nothing else is true of any device. */
const bestFirst = ['accepted', 'deferred', 'throttled', 'temporary', 'unknown'] as const satisfies readonly PublishEnd[];

/**
 * What a publish to several devices behind one node came to: the best that it came to for any of them, so that the node stays while one of
 * them lives. Settles when all have; rejects where one failed by a bug.
 */
export async function endOfAll(pushes: readonly Promise<PublishEnd>[]): Promise<PublishEnd> {
  const settling = pushes.map((push) =>
    push.catch((error: unknown): PublishEnd => {
      // The database is away, which is as temporary as anything.
      if (error instanceof StanzaError) return 'temporary';
      throw error;
    }),
  );
  await Promise.allSettled(settling);
  const ends = await Promise.all(settling);
  return bestFirst.find((end) => ends.includes(end)) ?? 'temporary';
}
