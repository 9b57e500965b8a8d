import type { ProviderLog } from '../../../src/index.ts';
import type { Endpoint } from '../../http2/endpoint.ts';
import type { Exchange, Request } from '../../http2/exchange.ts';
import { Http1 } from '../../http2/http1/http1.ts';
import { createPool, type Pool } from '../../http2/pool/pool.ts';

/** The connections to one push service: HTTP/2 where it speaks that, as the first connection shows, else HTTP/1.1. */
export class Line {
  readonly #pool: Pool;
  readonly #http1: Http1;
  #protocol: 'h2' | 'http/1.1' = 'h2';

  constructor(endpoint: Endpoint, log: ProviderLog) {
    this.#http1 = new Http1(endpoint);
    const takeHttp1 = (socket: Parameters<Http1['take']>[0]) => {
      this.#protocol = 'http/1.1';
      this.#http1.take(socket);
    };
    // Strangers' hosts fail all the time, and can be made to by anybody: nothing to tell an administrator of at each time.
    const quiet = { debug: log.debug.bind(log), warn: log.debug.bind(log) };
    this.#pool = createPool({ ...endpoint, takeHttp1 }, quiet);
  }

  get sessions(): number {
    return this.#pool.sessions + this.#http1.sessions;
  }

  /** Contract of `Pool.request`. */
  async request(request: Request): Promise<Exchange> {
    if (this.#speaksHttp1()) return this.#http1.request(request);
    const exchange = await this.#pool.request(request);
    return exchange.kind === 'unsent' && this.#speaksHttp1() ? this.#http1.request(request) : exchange;
  }

  #speaksHttp1(): boolean {
    return this.#protocol === 'http/1.1';
  }

  async close(): Promise<void> {
    await Promise.all([this.#pool.close(), this.#http1.close()]);
  }
}
