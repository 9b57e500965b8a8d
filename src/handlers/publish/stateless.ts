import type { Cause } from '../../push/dispatch/dispatcher.ts';
import type { Jid } from '../../xmpp/stanza/jid.ts';
import type { PublishEnd } from './answers.ts';

/** A publish as far as a dialect without registration reads it: nothing of the notification. */
export interface StatelessPublish {
  readonly node: string;
  readonly from: Jid;
  readonly secret: string | undefined;
  /** The publish-option `pushModule`. */
  readonly module: string | undefined;
}

/** Whoever answers for nodes that nobody registered. A registered node never comes here. */
export interface Stateless {
  /** What the publish came to; `unknown` where it is none of its. Rejects with DatabaseUnavailable where that is needed to judge a dead token. */
  publish(publish: StatelessPublish, cause: Cause): Promise<PublishEnd>;
  /** Whether no registered device can be meant, so that it is answered for even while the database can't be asked. */
  isCertain(publish: StatelessPublish): boolean;
}
