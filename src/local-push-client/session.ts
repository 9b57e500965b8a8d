import type { LocalPushMessage, Transport } from './options.ts';
import { openEvents } from './events.ts';
import type { Line, OpenLine } from './line.ts';
import { prove } from './prove.ts';
import { openWebSocket } from './websocket.ts';

const open: Readonly<Record<Transport, OpenLine>> = { websocket: openWebSocket, events: openEvents };
/** Where the server did not say. */
const usualKeepAliveMs = 120_000;

export interface SessionOptions {
  readonly url: string;
  readonly node: string;
  readonly secret: string;
  readonly answerLimitMs: number;
}

/** How a session went. */
export interface End {
  /** The server's close code, an HTTP status, or 0. */
  readonly code: number;
  /** When the server wants to see us again. */
  readonly afterMs: number | undefined;
  /** Whether Reveille was at the other end. */
  readonly isHeard: boolean;
  /** How long it was connected. */
  readonly livedMs: number;
}

export interface SessionListener {
  welcome(): void;
  /** The push is acknowledged when this settles, unless it rejects. */
  push(push: LocalPushMessage): Promise<void>;
  /** Once, unless `leave` came before. */
  ended(end: End): void;
}

/** What the server says; whatever else there is in a message, and messages of other types, are for later versions. */
type Message =
  | { readonly type: 'challenge'; readonly nonce: string; readonly keepAlive?: number }
  | { readonly type: 'welcome' | 'ping' | 'pong' }
  | ({ readonly type: 'push' } & LocalPushMessage)
  | { readonly type: 'goodbye'; readonly code?: number; readonly afterMs?: number };

/** One connection from its first byte to its last: proof, pushes, pings. Never calls back before the constructor has returned. */
export class Session {
  readonly #options: SessionOptions;
  readonly #listener: SessionListener;
  readonly #line: Line;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #keepAliveMs = usualKeepAliveMs;
  #isHeard = false;
  #isOver = false;
  #welcomeAt: number | undefined;
  #goodbye: { readonly code?: number; readonly afterMs?: number } = {};

  constructor(transport: Transport, options: SessionOptions, listener: SessionListener) {
    this.#options = options;
    this.#listener = listener;
    this.#waitForAnswer();
    this.#line = open[transport](options.url, {
      message: (text) => this.#take(text),
      closed: (code, afterMs) => this.#end(code, afterMs),
    });
  }

  /** Ends it; `ended` is not called. */
  leave(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#line.close();
  }

  #take(text: string): void {
    if (this.#isOver) return;
    const message = parseMessage(text);
    if (message === undefined) return this.#end(0);
    if (this.#welcomeAt !== undefined) this.#waitForSilence();
    if (message.type === 'challenge') void this.#answerChallenge(message);
    else if (message.type === 'welcome') this.#settle();
    else if (message.type === 'ping') this.#send({ type: 'pong' });
    else if (message.type === 'push') void this.#deliver(message);
    else if (message.type === 'goodbye') this.#goodbye = message;
  }

  async #answerChallenge({ nonce, keepAlive }: { readonly nonce: string; readonly keepAlive?: number }): Promise<void> {
    const { secret, node } = this.#options;
    this.#isHeard = true;
    if (keepAlive !== undefined) this.#keepAliveMs = keepAlive * 1_000;
    this.#waitForAnswer();
    try {
      this.#send({ type: 'prove', node, proof: await prove(secret, node, nonce) });
    } catch {
      // No such thing as a nonce: somebody else's server.
      this.#end(0);
    }
  }

  #settle(): void {
    this.#welcomeAt = performance.now();
    this.#waitForSilence();
    this.#listener.welcome();
  }

  async #deliver({ id, kind, expiresInMs, payload }: LocalPushMessage): Promise<void> {
    try {
      await this.#listener.push({ id, kind, expiresInMs, payload });
      this.#send({ type: 'ack', id });
    } catch {
      // The app could not take it, and was told why by the listener: without an acknowledgement it goes to the push service.
    }
  }

  #send(message: Readonly<Record<string, unknown>>): void {
    if (!this.#isOver) this.#line.send(JSON.stringify(message));
  }

  /** An answer is due; without it the line is dead. */
  #waitForAnswer(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#end(0), this.#options.answerLimitMs);
  }

  /** Nothing is due; after long silence something is asked for. */
  #waitForSilence(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#send({ type: 'ping' });
      this.#waitForAnswer();
    }, this.#keepAliveMs);
  }

  #end(code: number, afterMs?: number): void {
    if (this.#isOver) return;
    this.leave();
    this.#listener.ended({
      code: this.#goodbye.code ?? code,
      afterMs: this.#goodbye.afterMs ?? afterMs,
      isHeard: this.#isHeard,
      livedMs: this.#welcomeAt === undefined ? 0 : performance.now() - this.#welcomeAt,
    });
  }
}

function parseMessage(text: string): Message | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'type' in value ? (value as Message) : undefined;
  } catch {
    return undefined;
  }
}
