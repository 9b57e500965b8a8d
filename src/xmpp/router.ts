import type { Log } from '../log.ts';
import type { StanzaHandler } from './component.ts';
import { Deadlines } from './deadlines.ts';
import { parseJid } from './jid.ts';
import type { Jid } from './jid.ts';
import { buildError, StanzaError } from './stanza-error.ts';
import type { Unreadable } from './stream-parser.ts';
import { childElements, xml } from './xml.ts';
import type { Element } from './xml.ts';

/** An IQ request that found its handler. */
export interface IqRequest {
  /** The one child of the IQ. */
  readonly payload: Element;
  readonly from: Jid;
  /** The sender exactly as written. */
  readonly fromText: string;
  readonly id: string;
  /** Aborts when the answer is due. */
  readonly signal: AbortSignal;
}

/** Answers one kind of request with the content of its result; refuses by throwing a StanzaError. */
export interface Route {
  readonly type: 'get' | 'set';
  readonly xmlns: string;
  readonly name: string;
  handle(request: IqRequest): Element | undefined | Promise<Element | undefined>;
}

export interface RouterOptions {
  readonly routes: readonly Route[];
  /** Every IQ is answered within this time. */
  readonly answerWithinMs: number;
  /** Requests worked on at once; beyond, the answer is `wait`. */
  readonly inFlight: number;
  readonly log: Log;
}

/**
 * The one way in and out for stanzas (RFC 6120 §8.2.3): finds the handler by type, namespace and name, addresses its answer,
 * and is the only place that turns exceptions into answers. Whatever is not a refusal is our bug and answered as temporary:
 * any other type of error makes servers delete the user's registration.
 */
export class Router implements StanzaHandler {
  readonly #routes: ReadonlyMap<string, Route>;
  readonly #deadlines: Deadlines;
  readonly #limit: number;
  readonly #log: Log;
  #inFlight = 0;
  #isDraining = false;
  #onIdle: () => void = () => undefined;

  constructor(options: RouterOptions) {
    this.#routes = new Map(options.routes.map((route) => [routeKey(route.type, route.xmlns, route.name), route]));
    this.#deadlines = new Deadlines(options.answerWithinMs);
    this.#limit = options.inFlight;
    this.#log = options.log;
  }

  /** Requests being worked on right now. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** The answer to a stanza; undefined where there is none: messages, presence, results and errors are never answered. */
  async answer(stanza: Element): Promise<Element | undefined> {
    const type: unknown = stanza.attrs['type'];
    if (stanza.name !== 'iq' || type === 'result' || type === 'error') return undefined;
    const from = parseJid(String(stanza.attrs['from'] ?? ''));
    if (from === undefined) {
      // An answer to something that is no address would make the server close the stream.
      this.#log.warn('sender-invalid', { stanza: stanza.attrs['id'] as unknown });
      return undefined;
    }
    if (this.#isDraining || this.#inFlight >= this.#limit)
      return buildErrorReply(stanza, temporary(this.#isDraining ? 'shutting down' : 'busy'));
    this.#inFlight += 1;
    try {
      return await this.#deadlines.run(
        (signal) => this.#dispatch(stanza, from, signal),
        () => buildErrorReply(stanza, temporary('no decision in time')),
      );
    } finally {
      this.#inFlight -= 1;
      if (this.#inFlight === 0) this.#onIdle();
    }
  }

  /** What could not be read may have been a publish: refused as temporary, so that no registration is lost over it. */
  answerUnreadable(shell: Element, reason: Unreadable): Element | undefined {
    const { type, from } = shell.attrs as Record<string, unknown>;
    if (shell.name !== 'iq' || (type !== 'get' && type !== 'set') || typeof from !== 'string' || parseJid(from) === undefined)
      return undefined;
    return buildErrorReply(shell, temporary(`this stanza is ${reason}`));
  }

  /** Takes no new requests; settles when those under way are answered, after `limitMs` with a temporary error. */
  async drain(limitMs: number): Promise<void> {
    this.#isDraining = true;
    if (this.#inFlight === 0) return;
    const timer = setTimeout(() => this.#deadlines.expireAll(), limitMs);
    await new Promise<void>((resolve) => (this.#onIdle = resolve));
    clearTimeout(timer);
  }

  async #dispatch(stanza: Element, from: Jid, signal: AbortSignal): Promise<Element> {
    try {
      const [payload, ...more] = childElements(stanza);
      if (payload === undefined || more.length > 0) throw new StanzaError('bad-request', 'an IQ request has exactly one child element');
      const route = this.#routes.get(routeKey(String(stanza.attrs['type']), payload.getNS() ?? '', payload.getName()));
      if (route === undefined) throw new StanzaError('service-unavailable', '');
      const request = { payload, from, fromText: String(stanza.attrs['from']), id: String(stanza.attrs['id']), signal };
      const handled = route.handle(request);
      return buildReply(stanza, 'result', handled instanceof Promise ? await handled : handled);
    } catch (error) {
      return buildErrorReply(stanza, error instanceof StanzaError ? error : this.#bug(stanza, error));
    }
  }

  #bug(stanza: Element, error: unknown): StanzaError {
    this.#log.error('handler-failed', { stanza: stanza.attrs['id'] as unknown, error });
    return temporary('something went wrong here');
  }
}

function temporary(text: string): StanzaError {
  return new StanzaError('internal-server-error', text);
}

/** From the exact `to`, to the exact `from`, with the same `id`: Prosody and Tigase match answers by these texts. */
function buildReply(stanza: Element, type: 'result' | 'error', child: Element | undefined): Element {
  const { id, from, to } = stanza.attrs as Record<string, string | undefined>;
  return xml('iq', { type, id, from: to, to: from }, child);
}

function buildErrorReply(stanza: Element, error: StanzaError): Element {
  return buildReply(stanza, 'error', buildError(error));
}

function routeKey(type: string, xmlns: string, name: string): string {
  return `${type} ${xmlns} ${name}`;
}
