import { TokenBuckets } from '../base/token-buckets.ts';

export interface AdmissionLimits {
  /** Connections of one address at a time, and how many it may open in a minute. */
  readonly connectionsPerAddress: number;
  readonly maxConnections: number;
}

/** Why nobody is let in now, as HTTP says it. */
export interface Refused {
  readonly status: 429 | 503;
  readonly text: string;
  readonly retryAfterSeconds: number;
}

const full: Refused = { status: 503, text: 'as many devices are connected as may be', retryAfterSeconds: 30 };
const stopping: Refused = { status: 503, text: 'the server is stopping', retryAfterSeconds: 10 };
const crowded: Refused = { status: 429, text: 'too many connections from this address', retryAfterSeconds: 60 };

/** Bounds connections before anything is known of who makes them. */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #handshakes: TokenBuckets;
  readonly #byAddress = new Map<string, number>();
  #count = 0;
  #isClosed = false;

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
    this.#handshakes = new TokenBuckets(limits.connectionsPerAddress);
  }

  /** A function that gives the place back, once; or why there is none. */
  enter(address: string): Refused | (() => void) {
    const { maxConnections, connectionsPerAddress } = this.#limits;
    const those = this.#byAddress.get(address) ?? 0;
    if (this.#isClosed) return stopping;
    if (those >= connectionsPerAddress || this.#handshakes.take(address) > 0) return crowded;
    if (this.#count >= maxConnections) return full;
    this.#count += 1;
    this.#byAddress.set(address, those + 1);
    let isIn = true;
    return () => {
      if (isIn) this.#leave(address);
      isIn = false;
    };
  }

  /** From now on nobody is let in. */
  close(): void {
    this.#isClosed = true;
  }

  #leave(address: string): void {
    this.#count -= 1;
    const left = (this.#byAddress.get(address) ?? 1) - 1;
    if (left > 0) this.#byAddress.set(address, left);
    else this.#byAddress.delete(address);
  }
}
