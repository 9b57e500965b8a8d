// Room: requests over HTTP/1.1, to servers that speak nothing newer. In: requests. Out: exchanges. May enter: providers.
import { request as openRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { waitUntil } from '../../../src/base/wait-until.ts';
import { createBackoff } from '../connect/backoff.ts';
import type { Endpoint } from '../endpoint.ts';
import { contentOf, describeError, endUnwritten, type Content, type Exchange, type Request } from '../exchange.ts';
import { DialAgent } from './dial-agent.ts';

const drainLimitMs = 5_000;
const mostWaiting = 1_000;
const usualLongest = 64 * 1024;
/** Nothing says how old a connection may get; it is kept only while it is used. */
const unlimited = { endOfLife: Infinity, retire: () => undefined };

/**
 * A few kept-alive connections to one endpoint, one request at a time on each. As with the pool, each request settles once, by its
 * deadline, and one that a kept connection lost is sent once more.
 */
export class Http1 {
  readonly #endpoint: Endpoint;
  readonly #agent: DialAgent;
  readonly #backoff = createBackoff();
  #lastFailure = '';
  #underWay = 0;
  #closed: Promise<void> | undefined;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
    this.#agent = new DialAgent(endpoint);
  }

  /** Connections open right now. */
  get sessions(): number {
    return this.#agent.size;
  }

  /** A connection that is open already; closed with the others. */
  take(socket: TLSSocket): void {
    this.#agent.keep(socket);
  }

  /** Contract of `Pool.request`. */
  async request(request: Request): Promise<Exchange> {
    const refusal = this.#refusal(request);
    if (refusal !== undefined) return refusal;
    this.#underWay += 1;
    try {
      const first = await this.#send(request);
      if (!first.isStale) return first.exchange;
      const { exchange } = await this.#send(request);
      // What was in doubt stays so where the second try was none.
      return exchange.kind === 'unsent' || exchange.kind === 'expired' ? first.exchange : exchange;
    } finally {
      this.#underWay -= 1;
    }
  }

  /** Waits up to five seconds for requests under way, then ends every connection. */
  close(): Promise<void> {
    this.#closed ??= this.#drain();
    return this.#closed;
  }

  #refusal(request: Request): Exchange | undefined {
    if (this.#closed !== undefined) return { kind: 'unsent', reason: 'closing' };
    const end = endUnwritten(request, performance.now());
    if (end !== undefined) return end;
    if (this.#underWay >= mostWaiting) return { kind: 'unsent', reason: 'queue full' };
    const afterMs = this.#backoff.waitMs();
    return afterMs > 0 ? { kind: 'unsent', reason: this.#lastFailure, afterMs } : undefined;
  }

  #send(request: Request): Promise<Sent> {
    const { origin, longestAnswer = usualLongest } = this.#endpoint;
    return new Promise((resolve) => {
      const sent = openRequest({ ...buildOptions(request), host: origin.hostname, port: origin.port || 443, agent: this.#agent });
      const settle = (exchange: Exchange, isStale = false) => {
        clearTimeout(timer);
        request.signal.removeEventListener('abort', abort);
        resolve({ exchange, isStale });
      };
      const giveUp = (reason: string) => {
        settle({ kind: isWritten(sent) ? 'in-doubt' : 'unsent', reason });
        sent.destroy();
      };
      const abort = () => giveUp('aborted');
      const timer = setTimeout(() => giveUp('no answer in time'), Math.max(0, request.deadline - performance.now()));
      const begin = () => {
        const now = performance.now();
        const end = endUnwritten(request, now);
        if (end === undefined) write(sent, contentOf(request, now));
        else {
          settle(end);
          sent.destroy();
        }
      };
      request.signal.addEventListener('abort', abort, { once: true });
      sent.on('response', (response) => {
        this.#backoff.succeeded();
        readBody(response, longestAnswer, (body) => settle(buildAnswer(response, body)));
      });
      sent.on('error', (error) => {
        if (isWritten(sent)) settle({ kind: 'in-doubt', reason: describeError(error) }, sent.reusedSocket);
        else settle(this.#failed(describeError(error)));
      });
      // Node has none for it at first: whatever was waited for, this is the last moment before it is written.
      sent.on('socket', begin);
    });
  }

  #failed(reason: string): Exchange {
    if (this.#closed !== undefined) return { kind: 'unsent', reason: 'closing' };
    this.#backoff.failed();
    this.#lastFailure = `cannot connect to ${this.#endpoint.origin.host}: ${reason}`;
    return { kind: 'unsent', reason: this.#lastFailure, afterMs: this.#backoff.waitMs() };
  }

  async #drain(): Promise<void> {
    await waitUntil(() => this.#underWay === 0, drainLimitMs);
    this.#agent.end();
  }
}

interface Sent {
  readonly exchange: Exchange;
  /** The server had closed a kept connection before it read the request, most likely. */
  readonly isStale: boolean;
}

/** The pseudo-headers of HTTP/2 are what HTTP/1.1 has in its first line. */
function buildOptions({ headers, body }: Content) {
  const pairs = Array.from({ length: headers.length / 2 }, (_, index) => [headers[2 * index] ?? '', headers[2 * index + 1] ?? ''] as const);
  const pseudo = new Map(pairs.filter(([name]) => name.startsWith(':')));
  const plain = Object.fromEntries(pairs.filter(([name]) => !name.startsWith(':')));
  return {
    method: pseudo.get(':method') ?? 'POST',
    path: pseudo.get(':path') ?? '/',
    headers: { ...plain, host: pseudo.get(':authority') ?? '', 'content-length': Buffer.byteLength(body) },
  };
}

function write(sent: ClientRequest, content: Content): void {
  sent.setHeaders(new Map(Object.entries(buildOptions(content).headers)));
  sent.end(content.body);
}

function isWritten(sent: ClientRequest): boolean {
  return sent.socket !== null && !sent.socket.connecting;
}

function readBody(response: IncomingMessage, longest: number, onEnd: (body: string) => void): void {
  let text = '';
  response.setEncoding('utf8').on('data', (chunk: string) => {
    if (text.length <= longest) text += chunk;
    else response.destroy();
  });
  response.on('error', () => undefined);
  response.on('close', () => onEnd(text));
}

function buildAnswer({ statusCode = 0, headers }: IncomingMessage, body: string): Exchange {
  return { kind: 'answered', status: statusCode, headers, body, session: unlimited };
}
