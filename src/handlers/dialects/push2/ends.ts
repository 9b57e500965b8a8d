import type { Outcome } from '../../../push/provider/provider.ts';
import { StanzaError } from '../../../xmpp/stanza/stanza-error.ts';
import { temporary } from '../../../xmpp/stanza/reply.ts';
import type { StatelessEnd } from '../stateless/measurements.ts';
import type { Target } from './target.ts';

/** What a message came to. Reasons are ours or a provider's, and quote no address. */
export type RelayEnd =
  | { readonly kind: 'accepted' | 'dead' | 'temporary' | 'unwelcome' }
  /** It is no notification that could be relayed; nowhere to go from here; the push service refused it as it is. */
  | { readonly kind: 'invalid' | 'unreachable' | 'refused'; readonly reason: string };

/**
 * The draft: an error of type `wait` is retried by the server, any other must not be. There is no answer to what was accepted. The two
 * conditions that it shares with publishes mean the same there.
 */
export const answers: Readonly<Record<RelayEnd['kind'], ((reason: string) => StanzaError) | undefined>> = {
  accepted: undefined,
  dead: () => new StanzaError('item-not-found', 'the push service knows no such client any more'),
  temporary: () => temporary('try again later'),
  unwelcome: () => new StanzaError('forbidden', 'notifications are taken from the servers of some domains only, and not from clients'),
  invalid: (reason) => new StanzaError('bad-request', reason),
  unreachable: (reason) => new StanzaError('not-acceptable', `the address ${reason}`),
  refused: (reason) => new StanzaError('not-acceptable', `the push service does not take this notification: ${reason}`),
};

export const countedAs: Readonly<Record<RelayEnd['kind'], StatelessEnd>> = {
  accepted: 'accepted',
  dead: 'dead',
  temporary: 'temporary',
  unwelcome: 'refused',
  invalid: 'refused',
  unreachable: 'refused',
  refused: 'refused',
};

/** What is refused for the sake of our credentials may be taken tomorrow; what came with the message is refused whenever it comes. */
export function endOf(outcome: Outcome, { credentials }: Pick<Target, 'credentials'>): RelayEnd {
  switch (outcome.kind) {
    case 'accepted':
      return { kind: 'accepted' };
    case 'gone':
      return { kind: 'dead' };
    case 'retry':
      return { kind: 'temporary' };
    case 'rejected':
      return credentials === 'ours' ? { kind: 'temporary' } : { kind: 'refused', reason: outcome.reason };
    default:
      return outcome satisfies never;
  }
}
