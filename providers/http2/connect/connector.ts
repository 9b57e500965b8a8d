// Room: connections come about: addresses, TLS, tunnels, backoff. In: an endpoint. Out: sessions. May enter: pool, http1.
import { limitSignal } from '../../../src/base/limit.ts';
import { createBackoff } from './backoff.ts';
import { createDial } from './dial.ts';
import type { Endpoint } from '../endpoint.ts';
import { describeError } from '../exchange.ts';
import { openSession } from './open-session.ts';
import type { SessionOwner } from '../session/owner.ts';
import type { Session } from '../session/session.ts';

const limitMs = 10_000;
const silent = 'pings are answered, requests are not';

/** What there is to say beside the answers; every reason is free of secrets. */
export interface PoolLog {
  debug(event: string, fields: Readonly<Record<string, unknown>>): void;
  warn(event: string, fields: Readonly<Record<string, unknown>>): void;
}

/** Opens sessions to one endpoint and remembers how that went. */
export class Connector {
  #dial;
  #endpoint: Endpoint;
  #log: PoolLog;
  #backoff = createBackoff();
  #closing = new AbortController();
  #lastFailure = '';
  /** A session fell silent, and since then nothing was answered for the first time. */
  #isWary = false;

  constructor(endpoint: Endpoint, log: PoolLog) {
    this.#endpoint = endpoint;
    this.#log = log;
    this.#dial = createDial(endpoint);
  }

  /** `host:port`, for log lines. */
  get host(): string {
    return this.#endpoint.origin.host;
  }

  get lastFailure(): string {
    return this.#lastFailure;
  }

  /** Milliseconds until it is worth trying; 0 for now. */
  waitMs(): number {
    return this.#backoff.waitMs();
  }

  /** A session, or undefined when it could not be had within ten seconds; never rejects. The caller ends the session. */
  async connect(owner: SessionOwner<Session>): Promise<Session | undefined> {
    const signal = limitSignal(this.#closing.signal, limitMs);
    try {
      const session = await openSession(await this.#dial(signal), this.#endpoint, owner, signal);
      if (this.#isWary) session.standing.isProbe = true;
      return session;
    } catch (error) {
      if (!this.#closing.signal.aborted) this.failed(signal.aborted ? 'no connection in time' : describeError(error));
      return undefined;
    }
  }

  failed(reason: string): void {
    this.#backoff.failed();
    this.#lastFailure = `cannot connect to ${this.host}: ${reason}`;
    this.#log.warn('http2-connect-failed', { endpoint: this.host, reason });
  }

  /** Another session is worth a try at once; when that one is silent too, it was a failed attempt like any other. */
  fellSilent({ standing, inFlight }: Session): void {
    this.#isWary = true;
    if (standing.isProbe) this.failed(silent);
    else this.#log.warn('http2-silent', { endpoint: this.host, requests: inFlight.size, reason: silent });
  }

  succeeded(): void {
    this.#isWary = false;
    this.#backoff.succeeded();
  }

  /** Ends an attempt under way. */
  close(): void {
    this.#closing.abort();
  }
}
