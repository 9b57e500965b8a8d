// Room: one XEP-0114 stream, used once. In: bytes. Out: elements within bounds, and why it ended. May enter: link, doctor.
import { component } from '@xmpp/component';
import type { ComponentEntity } from '@xmpp/component';
import type { Socket } from 'node:net';
import { serialise } from './outgoing.ts';
import type { Unsendable } from './outgoing.ts';
import { createSocket } from './socket.ts';
import type { ServerAddress } from './socket.ts';
import { StreamParser } from './parser.ts';
import type { StreamLimits, Unreadable } from './parser.ts';
import { describeTrouble, type StreamEnd } from './trouble.ts';
import { Writer } from './writer.ts';
import type { Element } from '../stanza/xml.ts';

export interface StreamOptions {
  readonly address: ServerAddress;
  /** PEM of extra trust anchors for TLS. */
  readonly ca: string | undefined;
  /** The component's domain. */
  readonly domain: string;
  readonly secret: string;
  readonly limits: StreamLimits;
  /** From the first packet until the server accepted the handshake. */
  readonly openWithinMs: number;
  /** For the server to answer the end of the stream; also the grace for our last words after an error. */
  readonly closeWithinMs: number;
  /** Bytes the server left unread above which we stop reading from it. */
  readonly backlogBytes: number;
  /** How long the server may leave them unread before the stream is given up. */
  readonly unreadForMs: number;
}

export interface StreamHandlers {
  onStanza(stanza: Element, stream: ComponentStream): void;
  onUnreadable(shell: Element, reason: Unreadable, stream: ComponentStream): void;
}

/**
 * One XEP-0114 stream, from the first packet to the last, on an entity of `@xmpp/component` that is used once and thrown
 * away: the library gets stuck or crashes where streams fail (its own reconnect, router and parser are replaced).
 */
export class ComponentStream {
  /** Settles when the socket is gone, whoever ended it; never rejects. */
  readonly ended: Promise<StreamEnd>;
  /** `performance.now()` of the last bytes from the server. */
  lastInboundAt = performance.now();
  readonly #options: StreamOptions;
  readonly #entity: ComponentEntity;
  readonly #socket: Socket;
  readonly #writer: Writer;
  #stage: 'connecting' | 'opening' | 'authenticating' | 'online' | 'ending' = 'connecting';
  #end: StreamEnd | undefined;
  #unreadTimer: NodeJS.Timeout | undefined;

  constructor(options: StreamOptions, handlers: StreamHandlers) {
    this.#options = options;
    this.#socket = createSocket(options.address, options.ca);
    this.#entity = this.#createEntity(handlers);
    const sink = { write: (text: string) => this.#entity.write(text), backlog: () => this.#socket.writableLength };
    this.#writer = new Writer(sink, (error) => this.#fail(error));
    this.ended = new Promise((resolve) => {
      this.#socket.once('close', () => {
        clearTimeout(this.#unreadTimer);
        resolve(this.#end ?? describeTrouble(undefined, this.#stage));
      });
    });
  }

  /** Whether what is sent now has a chance to arrive. */
  get isOpen(): boolean {
    return this.#stage !== 'ending' && !this.#socket.destroyed;
  }

  /** Connects and authenticates; true once online, false when it came to nothing (then `ended` says why). Never rejects. */
  async open(): Promise<boolean> {
    const { address, domain, openWithinMs } = this.#options;
    const timer = setTimeout(() => this.#fail(new Error(`no answer within ${openWithinMs} ms`)), openWithinMs);
    const online = new Promise<boolean>((resolve) => this.#entity.once('online', () => resolve(true)));
    const host = address.host.includes(':') ? `[${address.host}]` : address.host;
    this.#entity
      .connect(`xmpp://${host}:${address.port}`)
      .then(() => this.#entity.open({ domain }))
      .catch((error: unknown) => this.#fail(error));
    const isOnline = await Promise.race([online, this.ended.then(() => false)]);
    clearTimeout(timer);
    if (isOnline) this.#stage = 'online';
    return isOnline;
  }

  /** Sends a stanza, unless it would cost the stream: then says why not. */
  send(stanza: Element): Unsendable | undefined {
    const serialised = serialise(stanza, this.#options.domain);
    if ('unsendable' in serialised) return serialised.unsendable;
    this.#writer.write(serialised.text);
    if (this.#writer.backlog > this.#options.backlogBytes) this.#waitForReader();
    return undefined;
  }

  /** A space between stanzas, so that nobody on the way takes the connection for dead. */
  keepAlive(): void {
    this.#writer.write(' ');
  }

  /** Gives the stream up: it ends with this reason as lost. */
  abandon(reason: string): void {
    this.#end ??= { trouble: 'lost', reason };
    this.#socket.destroy();
  }

  /** Writes what is left, closes the stream as RFC 6120 §4.4 asks, within `closeWithinMs`; settles when the socket is gone. */
  async close(): Promise<void> {
    this.#end ??= { trouble: 'shutdown', reason: 'closed by us' };
    this.#entity.timeout = this.#options.closeWithinMs;
    const timer = setTimeout(() => this.#socket.destroy(), this.#options.closeWithinMs * 2);
    if (this.#stage === 'online') {
      this.#stage = 'ending';
      await this.#writer.close();
      await Promise.race([this.#entity.close().catch(ignoreAlreadyClosed), this.ended]);
    }
    this.#socket.destroy();
    await this.ended;
    clearTimeout(timer);
  }

  #createEntity(handlers: StreamHandlers): ComponentEntity {
    const { domain, secret, limits, openWithinMs } = this.#options;
    const entity = component({ service: '', domain, password: secret });
    const parser = new StreamParser(limits);
    parser.on('unreadable', (shell, reason) => handlers.onUnreadable(shell, reason, this));
    const socket = this.#socket;
    // The library constructs both with `new`; a constructor that returns an object yields that object.
    entity.Socket = function () {
      return socket;
    };
    entity.Parser = function () {
      return parser;
    };
    entity.timeout = openWithinMs;
    entity.reconnect.stop();
    // Its router answers a handler's exception with a permanent error and starts every handler at once.
    entity.removeAllListeners('element');
    entity.on('connect', () => (this.#stage = 'opening'));
    entity.on('open', () => (this.#stage = 'authenticating'));
    entity.on('stanza', (stanza: Element) => handlers.onStanza(stanza, this));
    entity.on('error', (error: unknown) => this.#fail(error));
    entity.on('close', () => this.#fail(undefined));
    this.#socket.on('data', () => (this.lastInboundAt = performance.now()));
    return entity;
  }

  /**
   * The first trouble names the end. The library has no parser from here on and would throw on further bytes, so they are
   * let through unread; it still says its last words (stream error, end tag), then the socket goes.
   */
  #fail(error: unknown): void {
    if (this.#stage === 'ending') return;
    this.#end ??= describeTrouble(error, this.#stage);
    this.#stage = 'ending';
    this.#entity.timeout = this.#options.closeWithinMs;
    this.#socket.removeAllListeners('data');
    this.#socket.resume();
    if (error === undefined) this.#entity.write('</stream:stream>').catch(ignoreAlreadyClosed);
    this.#socket.end();
    const timer = setTimeout(() => this.#socket.destroy(), this.#options.closeWithinMs);
    this.#socket.once('close', () => clearTimeout(timer));
  }

  /** Back-pressure: a server that does not read our answers gets no further work done, and is given up after a while. */
  #waitForReader(): void {
    if (this.#unreadTimer !== undefined) return;
    this.#socket.pause();
    this.#unreadTimer = setTimeout(() => this.abandon('the server does not read what we send'), this.#options.unreadForMs);
    this.#socket.once('drain', () => {
      clearTimeout(this.#unreadTimer);
      this.#unreadTimer = undefined;
      this.#socket.resume();
    });
  }
}

/** The socket ended before the last words were out: nothing is left to do about it. */
function ignoreAlreadyClosed(): void {}
