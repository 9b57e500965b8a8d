import type { ClientRequestArgs } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { limitSignal } from '../../../src/base/limit.ts';
import { Agent } from '../../../src/base/node/http.ts';
import { createHttp1Dial, type Dial } from '../connect/dial.ts';
import type { Endpoint } from '../endpoint.ts';

const connectLimitMs = 10_000;
const idleMs = 60_000;
const usualMaxSessions = 16;

/** Connections of Node's own HTTP client that come about as all others do: pinned to an address, through proxies, with our trust. */
export class DialAgent extends Agent {
  /** Connections at a time. Node's own count misses those that are being opened: whoever uses the agent has to keep to it. */
  readonly most: number;
  readonly #dial: Dial;
  readonly #closing = new AbortController();
  readonly #open = new Set<TLSSocket>();
  readonly #kept: TLSSocket[] = [];

  constructor(endpoint: Endpoint) {
    const most = endpoint.maxHttp1Sessions ?? usualMaxSessions;
    super({ keepAlive: true, maxSockets: most, maxFreeSockets: most, timeout: idleMs });
    this.most = most;
    this.#dial = createHttp1Dial(endpoint);
  }

  get size(): number {
    return this.#open.size;
  }

  /** The next connection that is asked for is this one, if it is still open then. */
  keep(socket: TLSSocket): void {
    if (this.#closing.signal.aborted) socket.destroy();
    else this.#kept.push(this.#note(socket));
  }

  override createConnection(_: ClientRequestArgs, callback?: (error: Error | null, socket: Duplex) => void): undefined {
    const tell = callback as ((error: Error | null, socket?: Duplex) => void) | undefined;
    this.#obtain().then(
      (socket) => tell?.(null, socket),
      (error: unknown) => tell?.(error instanceof Error ? error : new Error(String(error))),
    );
  }

  end(): void {
    this.#closing.abort();
    this.destroy();
    for (const socket of this.#open) socket.destroy();
  }

  async #obtain(): Promise<TLSSocket> {
    const kept = this.#kept.pop();
    if (kept !== undefined && !kept.destroyed) return kept;
    return this.#note(await this.#dial(limitSignal(this.#closing.signal, connectLimitMs)));
  }

  #note(socket: TLSSocket): TLSSocket {
    this.#open.add(socket);
    // The request on it hears of its errors; one that waits for a request has nobody else.
    socket.on('error', () => undefined).once('close', () => this.#open.delete(socket));
    return socket;
  }
}
