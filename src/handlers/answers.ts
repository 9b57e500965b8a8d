import type { Outcome } from '../push/provider.ts';
import { StanzaError } from '../xmpp/stanza-error.ts';

/** What a publish came to. */
export type PublishEnd =
  /** The push service took it (or it is safely kept for later). */
  | 'accepted'
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
  unknown: () => new StanzaError('item-not-found', 'no such node'),
  temporary: () => new StanzaError('internal-server-error', 'try again later'),
  invalid: () => new StanzaError('bad-request', 'not a publish to a node'),
};

/** A refused push or refused credentials are not the device's fault: its registration must outlive them. */
export function endOf(outcome: Outcome): PublishEnd {
  switch (outcome.kind) {
    case 'accepted':
      return 'accepted';
    case 'gone':
      return 'unknown';
    case 'rejected':
    case 'retry':
      return 'temporary';
  }
}
