// Room: each IQ request gets one answer, in time; a message that has a handler gets none, or an error. In: an element. Out: the answer of its
// handler, or an error. May enter: app.
import { SparingLog } from '../../log/sparing.ts';
import type { Log } from '../../log/log.ts';
import type { StanzaHandler } from '../link/component.ts';
import { Deadlines } from './deadlines.ts';
import type { Deadline } from './deadlines.ts';
import type { Lane, Route } from './route.ts';
import { Routes, type Found } from './routes.ts';
import { parseJid } from '../stanza/jid.ts';
import type { Jid } from '../stanza/jid.ts';
import { buildErrorReply, buildResult, readReturnAddress, temporary } from '../stanza/reply.ts';
import type { ReturnAddress } from '../stanza/reply.ts';
import { StanzaError } from '../stanza/stanza-error.ts';
import type { Condition } from '../stanza/stanza-error.ts';
import type { Unreadable } from '../stream/parser.ts';
import { countElements } from '../stanza/xml.ts';
import type { Element } from '../stanza/xml.ts';

export type { IqRequest, Lane, Route } from './route.ts';

export interface RouterOptions {
  readonly routes: readonly Route[];
  /** Every IQ is answered within this time, every message that has a handler refused by then or not at all. */
  readonly answerWithinMs: number;
  /** So long before that the signals of requests abort. */
  readonly reserveMs?: number;
  /** Requests of a lane worked on at once; beyond, the answer is `wait`. */
  readonly inFlight: number;
  readonly log: Log;
  /** Told of each answer to a request that has a route, busy or late as we may be. Must not throw. */
  readonly onAnswer?: (route: Route, answer: 'result' | Condition, seconds: number) => void;
}

/** A request that came in, as far as its answer needs it: without the stanza, because thousands may be under way. */
interface Arrival {
  readonly address: ReturnAddress;
  readonly route: Route | undefined;
  readonly at: number;
}

/**
 * The one way in and out for stanzas (RFC 6120 §8.2): finds the handler by type, namespace and name, addresses its answer,
 * and is the only place that turns exceptions into answers. Whatever is not a refusal is our bug and answered as temporary:
 * any other type of error makes servers delete the user's registration.
 */
export class Router implements StanzaHandler {
  readonly #routes: Routes;
  readonly #deadlines: Deadlines;
  readonly #limit: number;
  readonly #log: Log;
  readonly #strangers: SparingLog;
  readonly #onAnswer: RouterOptions['onAnswer'];
  readonly #inFlight: Record<Lane, number> = { publish: 0, service: 0 };
  #stage: 'open' | 'draining' | 'closed' = 'open';
  #onIdle: () => void = () => undefined;

  constructor(options: RouterOptions) {
    this.#routes = new Routes(options.routes);
    this.#deadlines = new Deadlines(options.answerWithinMs, options.reserveMs ?? 0);
    this.#limit = options.inFlight;
    this.#log = options.log;
    this.#strangers = new SparingLog(options.log);
    this.#onAnswer = options.onAnswer;
  }

  /** Requests being worked on right now. */
  get inFlight(): number {
    return this.#inFlight.publish + this.#inFlight.service;
  }

  /** The answer to a stanza; undefined where there is none: presence, results, errors and messages without a handler are never answered. */
  answer(stanza: Element): Promise<Element | undefined> {
    const type: unknown = stanza.attrs['type'];
    const found = this.#routes.find(stanza);
    if ((stanza.name !== 'iq' && found === undefined) || type === 'result' || type === 'error') return nothing;
    const from = parseJid(String(stanza.attrs['from'] ?? ''));
    if (from === undefined) {
      // An answer to something that is no address would make the server close the stream.
      this.#strangers.warn('sender-invalid', { stanza: stanza.attrs['id'] as unknown });
      return nothing;
    }
    const arrival = { address: readReturnAddress(stanza), route: found?.route, at: performance.now() };
    const refusal = this.#refusal(laneOf(arrival));
    if (refusal !== undefined) return Promise.resolve(this.#refuse(arrival, temporary(refusal)));
    const deadline = this.#deadlines.begin();
    return this.#settle(arrival, this.#start(stanza, found, from, deadline.signal), deadline);
  }

  /** What could not be read may have been a publish: refused as temporary, so that no registration is lost over it. */
  answerUnreadable(shell: Element, reason: Unreadable): Element | undefined {
    const { type, from } = shell.attrs as Record<string, unknown>;
    const isRequest = shell.name === 'iq' && (type === 'get' || type === 'set');
    const isRead = shell.name === 'message' && this.#routes.readsMessages && type !== 'error';
    if ((!isRequest && !isRead) || typeof from !== 'string' || parseJid(from) === undefined) return undefined;
    const text = `this stanza is ${reason}`;
    // A message costs no registration, and the same one again would fare no better.
    return buildErrorReply(readReturnAddress(shell), isRead ? new StanzaError('not-acceptable', text) : temporary(text));
  }

  /**
   * Takes publishes only, which cost nobody anything but a place in the database; settles at the first moment in which none
   * is under way, and takes nothing from then on. Signals abort after `graceMs`, after `limitMs` the answer is temporary.
   */
  async drain(graceMs: number, limitMs: number): Promise<void> {
    this.#stage = 'draining';
    const timers = [setTimeout(() => this.#deadlines.abortAll(), graceMs), setTimeout(() => this.#expire(), limitMs)];
    if (this.inFlight > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
    for (const timer of timers) clearTimeout(timer);
    this.#stage = 'closed';
  }

  #expire(): void {
    this.#stage = 'closed';
    this.#deadlines.expireAll();
  }

  #refusal(lane: Lane): string | undefined {
    const isClosed = this.#stage === 'closed' || (this.#stage === 'draining' && lane !== 'publish');
    if (isClosed) return 'shutting down';
    return this.#inFlight[lane] >= this.#limit ? 'busy' : undefined;
  }

  /** Not async, so that nothing here holds on to the stanza while its answer is awaited: thousands may be under way. */
  #start(stanza: Element, found: Found | undefined, from: Jid, signal: AbortSignal): Promise<Element | undefined> {
    try {
      if (stanza.name === 'iq' && countElements(stanza) !== 1)
        throw new StanzaError('bad-request', 'an IQ request has exactly one child element');
      if (found === undefined) throw new StanzaError('service-unavailable', '');
      const { route, payload } = found;
      return Promise.resolve(
        route.handle({ payload, from, fromText: String(stanza.attrs['from']), id: String(stanza.attrs['id']), signal }),
      );
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error('a handler failed', { cause: error }));
    }
  }

  /** Not async, as above: a function that waits takes some hundred bytes for each request under way. */
  #settle(arrival: Arrival, work: Promise<Element | undefined>, deadline: Deadline): Promise<Element | undefined> {
    this.#inFlight[laneOf(arrival)] += 1;
    const end = {
      done: (content: Element | undefined) => this.#leave(arrival, this.#accept(arrival, content)),
      failed: (error: unknown) => this.#leave(arrival, this.#fail(arrival, error)),
    };
    return deadline.limit(work, end, tooLate);
  }

  #leave(arrival: Arrival, answer: Element | undefined): Element | undefined {
    this.#inFlight[laneOf(arrival)] -= 1;
    if (this.inFlight === 0) this.#onIdle();
    return answer;
  }

  #accept(arrival: Arrival, content: Element | undefined): Element | undefined {
    try {
      this.#note(arrival, 'result');
      return arrival.address.stanza === 'message' ? undefined : buildResult(arrival.address, content);
    } catch (error) {
      return this.#fail(arrival, error);
    }
  }

  #fail(arrival: Arrival, error: unknown): Element {
    return this.#refuse(arrival, error instanceof StanzaError ? error : this.#bug(arrival.address, error));
  }

  #refuse(arrival: Arrival, error: StanzaError): Element {
    this.#note(arrival, error.condition);
    return buildErrorReply(arrival.address, error);
  }

  #note({ address, route, at }: Arrival, answer: 'result' | Condition): void {
    const ms = performance.now() - at;
    if (route !== undefined) this.#onAnswer?.(route, answer, ms / 1000);
    this.#log.debug('answered', { stanza: address.id, from: address.from, answer, ms: Math.round(ms) });
  }

  #bug({ id }: ReturnAddress, error: unknown): StanzaError {
    this.#log.error('handler-failed', { stanza: id, error });
    return temporary('something went wrong here');
  }
}

const nothing: Promise<undefined> = Promise.resolve(undefined);

function tooLate(): StanzaError {
  return temporary('no decision in time');
}

function laneOf({ route }: Arrival): Lane {
  return route?.lane ?? 'service';
}
