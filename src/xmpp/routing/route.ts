import type { Jid } from '../stanza/jid.ts';
import type { Element } from '../stanza/xml.ts';

/** An IQ request that found its handler, or a message that did. */
export interface IqRequest {
  /** The one child of the IQ; of a message the one that has a handler. */
  readonly payload: Element;
  readonly from: Jid;
  /** The sender exactly as written. */
  readonly fromText: string;
  readonly id: string;
  /** Aborts when the answer is almost due: what is left is for deciding on one. */
  readonly signal: AbortSignal;
}

/** Publishes wait for push services, which may be slow; what serves people does not wait behind them. */
export type Lane = 'publish' | 'service';

/**
 * Answers one kind of request with the content of its result; refuses by throwing a StanzaError. A message is answered only where it is
 * refused (RFC 6120 §8.2.1), and one of type error never comes.
 */
export interface Route {
  readonly type: 'get' | 'set' | 'message';
  readonly xmlns: string;
  readonly name: string;
  /** Whose places it takes; those of one lane are never taken by the other. Default `service`. */
  readonly lane?: Lane;
  handle(request: IqRequest): Element | undefined | Promise<Element | undefined>;
}
