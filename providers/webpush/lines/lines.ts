// Room: connections to push services that nobody knew before, bounded in every way. In: an endpoint, a request. Out: exchanges. May enter:
// webpush.
import type { ProviderLog } from '../../../src/index.ts';
import type { Endpoint } from '../../http2/endpoint.ts';
import type { Exchange, Request } from '../../http2/exchange.ts';
import { Admission } from './admission.ts';
import { Line } from './line.ts';

/** Push services with connections at a time; of those that never took a push at most half as many. */
const mostLines = 512;
const idleMs = 5 * 60_000;
const sweepEveryMs = 30_000;
/** When somebody's place may be free again. */
const fullMs = 2_000;

export interface LinesOptions {
  readonly buildEndpoint: (origin: URL) => Endpoint;
  readonly log: ProviderLog;
  readonly mostLines?: number;
  readonly admission?: Admission;
}

interface Entry {
  readonly line: Line;
  requests: number;
  usedAt: number;
}

/** A line for each origin. The one unused longest gives way, one that nobody used for five minutes closes, one in use does neither. */
export class Lines {
  readonly #options: LinesOptions;
  readonly #admission: Admission;
  /** The one used last at the end. */
  readonly #entries = new Map<string, Entry>();
  readonly #closing = new Set<Promise<void>>();
  #sweeper: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: LinesOptions) {
    this.#options = options;
    this.#admission = options.admission ?? new Admission();
  }

  /** Connections open right now. */
  get sessions(): number {
    return [...this.#entries.values()].reduce((sum, { line }) => sum + line.sessions, 0);
  }

  /** Contract of `Pool.request`; without a place it settles at once. */
  async request(origin: string, build: (authority: string) => Request): Promise<Exchange> {
    if (this.#isClosed) return { kind: 'unsent', reason: 'closing' };
    const leave = this.#admission.enter(origin);
    if (leave === undefined) return { kind: 'unsent', reason: 'too many pushes under way to this service', afterMs: fullMs };
    const entry = this.#take(origin);
    if (entry === undefined) {
      leave('answered');
      return { kind: 'unsent', reason: 'connections to too many push services', afterMs: fullMs };
    }
    entry.requests += 1;
    let exchange: Exchange | undefined;
    try {
      exchange = await entry.line.request(build(new URL(origin).host));
      return exchange;
    } finally {
      entry.requests -= 1;
      entry.usedAt = performance.now();
      leave(endOf(exchange));
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#sweeper);
    for (const origin of [...this.#entries.keys()]) this.#drop(origin);
    await Promise.all(this.#closing);
  }

  #take(origin: string): Entry | undefined {
    const found = this.#entries.get(origin) ?? this.#open(origin);
    if (found === undefined) return undefined;
    this.#entries.delete(origin);
    this.#entries.set(origin, found);
    return found;
  }

  #open(origin: string): Entry | undefined {
    const { buildEndpoint, log, mostLines: most = mostLines } = this.#options;
    const newcomers = [...this.#entries.keys()].filter((one) => !this.#admission.isProven(one));
    const isFull = this.#entries.size >= most;
    const isCrowded = !this.#admission.isProven(origin) && newcomers.length >= most / 2;
    if ((isFull || isCrowded) && !this.#makeRoom(isCrowded ? newcomers : [...this.#entries.keys()])) return undefined;
    this.#sweeper ??= setInterval(() => this.#sweep(), sweepEveryMs).unref();
    return { line: new Line(buildEndpoint(new URL(origin)), log), requests: 0, usedAt: performance.now() };
  }

  /** Closes the one of these that was unused longest; false where all are in use. */
  #makeRoom(origins: readonly string[]): boolean {
    const idle = origins.find((origin) => this.#entries.get(origin)?.requests === 0);
    if (idle === undefined) return false;
    this.#drop(idle);
    return true;
  }

  #sweep(): void {
    const limit = performance.now() - idleMs;
    for (const [origin, { requests, usedAt }] of [...this.#entries]) if (requests === 0 && usedAt < limit) this.#drop(origin);
    if (this.#entries.size > 0) return;
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
  }

  #drop(origin: string): void {
    const entry = this.#entries.get(origin);
    if (entry === undefined) return;
    this.#entries.delete(origin);
    const closing = entry.line.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}

function endOf(exchange: Exchange | undefined): 'accepted' | 'answered' | 'unanswered' {
  if (exchange?.kind !== 'answered') return 'unanswered';
  return exchange.status >= 200 && exchange.status < 300 ? 'accepted' : 'answered';
}
