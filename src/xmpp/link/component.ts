// Room: the component's connections to the server, and their return. In: address and secret. Out: stanzas, and answers to what was asked.
// May enter: app, doctor.
import { SparingLog } from '../../log/sparing.ts';
import type { Log } from '../../log/log.ts';
import { backoffTable } from './backoff.ts';
import type { BackoffTable } from './backoff.ts';
import { Link } from './link.ts';
import { probeIdPrefix, watchLiveness } from './liveness.ts';
import type { LivenessOptions } from './liveness.ts';
import type { Unsendable } from '../stream/outgoing.ts';
import { buildTooLarge } from '../stanza/reply.ts';
import type { ServerAddress } from '../stream/socket.ts';
import { streamLimits } from '../stream/parser.ts';
import type { StreamLimits, Unreadable } from '../stream/parser.ts';
import type { ComponentStream } from '../stream/stream.ts';
import type { Element } from '../stanza/xml.ts';

/** What becomes of a stanza: its answer, or nothing. Never throws, never rejects. */
export interface StanzaHandler {
  answer(stanza: Element): Promise<Element | undefined>;
  /** For a stanza of which only the start tag could be read. */
  answerUnreadable(shell: Element, reason: Unreadable): Element | undefined;
}

export interface ComponentTimings {
  readonly openWithinMs: number;
  readonly closeWithinMs: number;
  readonly unreadForMs: number;
  readonly stableMs: number;
  readonly backoff: BackoffTable;
  /** `probes` is per connection: with several, an answer may come back over another one. */
  readonly liveness: LivenessOptions;
}

export const componentTimings: ComponentTimings = {
  openWithinMs: 30_000,
  closeWithinMs: 2_000,
  unreadForMs: 30_000,
  stableMs: 60_000,
  backoff: backoffTable,
  liveness: { keepAliveMs: 50_000, quietMs: 60_000, probeEveryMs: 5_000, probes: 4 },
};

export interface ComponentOptions {
  readonly domain: string;
  readonly address: ServerAddress;
  readonly ca: string | undefined;
  readonly secret: string;
  readonly connections: number;
  readonly log: Log;
  readonly timings?: ComponentTimings;
  readonly limits?: StreamLimits;
  /** Bytes of answers that the server left unread above which a connection stops reading; 4 MiB by default. */
  readonly backlogBytes?: number;
}

/** Stanzas of our own that wait for a connection. */
const maxWaiting = 100;

/**
 * The component on the wire: one or several XEP-0114 connections under one name. A stanza goes in through the handler, its
 * answer leaves over the connection it came from, or over another one where that is gone. `start` returns at once; whoever
 * created it closes it.
 */
export class Component {
  readonly #domain: string;
  readonly #handler: StanzaHandler;
  readonly #links: readonly Link[];
  readonly #log: SparingLog;
  #waiting: Element[] = [];
  #isEchoProven = false;
  #announceUp: () => void = () => undefined;
  /** Settles when the first connection is up for the first time. */
  readonly firstUp: Promise<void>;

  constructor(options: ComponentOptions, handler: StanzaHandler) {
    this.#domain = options.domain;
    this.#handler = handler;
    this.#log = new SparingLog(options.log);
    this.firstUp = new Promise((resolve) => (this.#announceUp = resolve));
    this.#links = Array.from({ length: options.connections }, (_, index) => this.#createLink(options, index));
  }

  start(): void {
    for (const link of this.#links) link.start();
  }

  /** Connections that are up. */
  get up(): number {
    return this.#links.filter((link) => link.stream !== undefined).length;
  }

  /** Why a connection is down, where one is. */
  get trouble(): string | undefined {
    return this.#links.find((link) => link.trouble !== undefined)?.trouble?.reason;
  }

  get reconnects(): number {
    return this.#links.reduce((sum, link) => sum + link.reconnects, 0);
  }

  /** Sends a stanza of our own, addressed on both sides, as soon as a connection is up; up to a hundred wait for one. */
  send(stanza: Element): void {
    const stream = this.#anyStream();
    if (stream !== undefined) this.#write(stream, stanza);
    else if (this.#waiting.length < maxWaiting) this.#waiting.push(stanza);
    else this.#log.warn('stanza-not-sent', { reason: 'no connection' });
  }

  /** Ends every stream properly; settles when the sockets are gone. */
  async close(): Promise<void> {
    await Promise.all(this.#links.map((link) => link.close()));
  }

  #createLink(options: ComponentOptions, index: number): Link {
    const { domain, connections } = options;
    const timings = options.timings ?? componentTimings;
    const liveness = { ...timings.liveness, probes: timings.liveness.probes * connections };
    return new Link(
      {
        ...timings,
        address: options.address,
        ca: options.ca,
        domain,
        secret: options.secret,
        limits: options.limits ?? streamLimits,
        backlogBytes: options.backlogBytes ?? 4 * 1024 * 1024,
        log: connections === 1 ? options.log : options.log.child({ connection: index + 1 }),
        watch: (stream) => watchLiveness(stream, domain, () => this.#isEchoProven, liveness),
        onUp: () => this.#cameUp(),
      },
      {
        onStanza: (stanza, stream) => this.#take(stream, stanza),
        onUnreadable: (shell, reason, stream) => this.#takeUnreadable(stream, shell, reason),
      },
    );
  }

  #take(stream: ComponentStream, stanza: Element): void {
    this.#noteEcho(stanza);
    // The handler settles within the answer deadline and never rejects: nothing floats beyond it.
    void this.#handler.answer(stanza).then((answer) => this.#send(stream, answer));
  }

  #takeUnreadable(stream: ComponentStream, shell: Element, reason: Unreadable): void {
    this.#log.warn('stanza-unreadable', { reason, stanza: shell.attrs['id'] as unknown });
    this.#send(stream, this.#handler.answerUnreadable(shell, reason));
  }

  /** Our own ping came back: this server routes them, so their absence means something. */
  #noteEcho(stanza: Element): void {
    if (stanza.attrs['from'] === this.#domain && String(stanza.attrs['id']).startsWith(probeIdPrefix)) this.#isEchoProven = true;
  }

  #cameUp(): void {
    this.#announceUp();
    for (const stanza of this.#waiting.splice(0)) this.send(stanza);
  }

  #anyStream(): ComponentStream | undefined {
    return this.#links.find((link) => link.stream !== undefined)?.stream;
  }

  /** An answer has to be: one that no server takes was made so long by what was asked, and its place is taken by a refusal. */
  #send(origin: ComponentStream, answer: Element | undefined): void {
    if (answer === undefined) return;
    const stream = origin.isOpen ? origin : this.#anyStream();
    if (this.#write(stream, answer) === 'too large') this.#write(stream, buildTooLarge(answer));
  }

  /** Says why, where it is not sent. */
  #write(stream: ComponentStream | undefined, stanza: Element): Unsendable | 'no connection' | undefined {
    const unsendable = stream === undefined ? 'no connection' : stream.send(stanza);
    if (unsendable !== undefined) this.#log.warn('stanza-not-sent', { reason: unsendable, stanza: stanza.attrs['id'] as unknown });
    return unsendable;
  }
}
