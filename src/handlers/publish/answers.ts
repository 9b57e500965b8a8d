import type { Delivered } from '../../push/delivery/delivery.ts';
import { StanzaError } from '../../xmpp/stanza/stanza-error.ts';

/** What a publish came to. */
export type PublishEnd =
  /** The push service took it. */
  | 'accepted'
  /** It is committed to the database and will be tried until it is worthless, or a newer one has taken its place. */
  | 'deferred'
  /** It waits in memory for its token's turn, or a newer one has taken its place (dialects without registration). */
  | 'throttled'
  /** Dead token, unknown node, wrong publisher or secret: nobody can tell which. */
  | 'unknown'
  /** May work later, our own bugs included. */
  | 'temporary'
  /** No publish to a node at all. */
  | 'invalid';

/**
 * The most consequential table of the program. ejabberd and MongooseIM delete a registration at the first `cancel`, Tigase
 * at every condition but a few, Prosody after 16 errors other than `wait`: so exactly one permanent refusal, which all
 * understand, and exactly one temporary one, on which none disables. Undefined stands for an empty `result`.
 */
export const answers: Readonly<Record<PublishEnd, (() => StanzaError) | undefined>> = {
  accepted: undefined,
  deferred: undefined,
  throttled: undefined,
  unknown: () => new StanzaError('item-not-found', 'no such node'),
  temporary: () => new StanzaError('internal-server-error', 'try again later'),
  invalid: () => new StanzaError('bad-request', 'not a publish to a node'),
};

/** A refused push or refused credentials are not the device's fault: its registration must outlive them. */
export function endOf(outcome: Delivered): PublishEnd {
  switch (outcome.kind) {
    case 'accepted':
    case 'deferred':
      return outcome.kind;
    case 'gone':
      return 'unknown';
    case 'rejected':
    case 'retry':
      return 'temporary';
  }
}
