// Room: requests over HTTP/1.1, to servers that speak nothing newer. In: requests. Out: exchanges. May enter: providers.
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { request as openRequest } from '../../../src/base/node/http.ts';
import { waitUntil } from '../../../src/base/wait-until.ts';
import { createBackoff } from '../connect/backoff.ts';
import type { Endpoint } from '../endpoint.ts';
import { contentOf, describeError, endUnwritten, type Content, type Exchange, type Request } from '../exchange.ts';
import { DialAgent } from './dial-agent.ts';
import { Turns, type Missed } from './turns.ts';

const drainLimitMs = 5_000;
const mostWaiting = 1_000;
const usualLongest = 64 * 1024;
/** Services answer within it. What waited until less is left is not sent: it would be in doubt, and cost the connection besides. */
const answerMs = 1_000;
const missed: Readonly<Record<Missed, string>> = { late: 'no connection was free in time', aborted: 'aborted', closed: 'closing' };
/** Nothing says how old a connection may get; it is kept only while it is used. */
const unlimited = { endOfLife: Infinity, retire: () => undefined };

/**
 * A few kept-alive connections to one endpoint, one request at a time on each; the others wait here, where they can still be called
 * unsent. As with the pool, each request settles once, by its deadline, and one that a kept connection lost is sent once more.
 */
export class Http1 {
  readonly #endpoint: Endpoint;
  readonly #agent: DialAgent;
  readonly #turns: Turns;
  readonly #backoff = createBackoff();
  #lastFailure = '';
  #underWay = 0;
  #closed: Promise<void> | undefined;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
    this.#agent = new DialAgent(endpoint);
    this.#turns = new Turns(this.#agent.most);
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
      return await this.#inTurn(request);
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

  async #inTurn(request: Request): Promise<Exchange> {
    const why = await this.#turns.enter(request.deadline - performance.now() - answerMs, request.signal);
    if (why !== undefined) return { kind: 'unsent', reason: missed[why] };
    try {
      const first = await this.#send(request);
      if (!first.isStale) return first.exchange;
      const { exchange } = await this.#send(request);
      // What was in doubt stays so where the second try was none.
      return exchange.kind === 'unsent' || exchange.kind === 'expired' ? first.exchange : exchange;
    } finally {
      this.#turns.leave();
    }
  }

  #send(request: Request): Promise<Sent> {
    const { origin, longestAnswer = usualLongest } = this.#endpoint;
    return new Promise((resolve) => {
      const sent = openRequest({ ...buildOptions(request), host: origin.hostname, port: origin.port || 443, agent: this.#agent });
      let answer: Answer | undefined;
      const settle = (exchange: Exchange, isStale = false) => {
        clearTimeout(timer);
        request.signal.removeEventListener('abort', abort);
        resolve({ exchange, isStale });
      };
      const giveUp = (reason: string) => {
        settle(answer === undefined ? { kind: isWritten(sent) ? 'in-doubt' : 'unsent', reason } : buildAnswer(answer));
        sent.destroy();
      };
      const abort = () => giveUp('aborted');
      // After a look at what has arrived: a process that was busy until now finds its timers first, and then the answers.
      const late = () => setImmediate(giveUp, 'no answer in time');
      const timer = setTimeout(late, Math.max(0, request.deadline - performance.now()));
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
        answer = readAnswer(response, longestAnswer, (whole) => settle(buildAnswer(whole)));
      });
      sent.on('error', (error) => {
        if (answer !== undefined) settle(buildAnswer(answer));
        else if (isWritten(sent)) settle({ kind: 'in-doubt', reason: describeError(error) }, sent.reusedSocket);
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
    this.#turns.close();
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

/** What there is of an answer: its status is its word, whether the rest comes or not. */
interface Answer {
  readonly response: IncomingMessage;
  body: string;
}

function readAnswer(response: IncomingMessage, longest: number, onEnd: (answer: Answer) => void): Answer {
  const answer: Answer = { response, body: '' };
  response.setEncoding('utf8').on('data', (chunk: string) => {
    if (answer.body.length <= longest) answer.body += chunk;
    else response.destroy();
  });
  response.on('error', () => undefined);
  response.on('close', () => onEnd(answer));
  return answer;
}

function buildAnswer({ response: { statusCode = 0, headers }, body }: Answer): Exchange {
  return { kind: 'answered', status: statusCode, headers, body, session: unlimited };
}
