import { createBackoff } from '../../http2/connect/backoff.ts';
import type { Grant } from './token-exchange.ts';

/** From this part of its life on another one is asked for; the old one is used until that is there. */
const refreshAt = 0.8;
/** A token that ends while its push is on the way is of no use. */
const reserveMs = 30_000;

interface Held {
  readonly accessToken: string;
  readonly refreshAt: number;
  readonly endsAt: number;
}

/** Why there is no access token. */
export type Denial = Exclude<Grant, { kind: 'granted' }>;

/**
 * The access token of one service account. It is asked for when first needed and again at four fifths of its life, by one
 * request at a time; while that fails the old one is used to its end. Nothing happens while nobody asks.
 */
export class AccessTokens {
  readonly #exchange: () => Promise<Grant>;
  readonly #clock: () => number;
  readonly #backoff;
  #held: Held | undefined;
  #asking: Promise<void> | undefined;
  #denial: Denial | undefined;
  #notBefore = 0;

  /** `exchange` never rejects and settles by itself. */
  constructor(exchange: () => Promise<Grant>, clock: () => number = () => performance.now()) {
    this.#exchange = exchange;
    this.#clock = clock;
    this.#backoff = createBackoff(clock);
  }

  /** Why there is no token; undefined where there is one, or nobody asked yet. */
  get denial(): Denial | undefined {
    return this.#usable() === undefined ? this.#denial : undefined;
  }

  /** The token to use, at once where one is held; settles with the exchange otherwise. */
  obtain(): string | Promise<string | Denial> {
    const held = this.#usable();
    if (held === undefined || this.#clock() >= held.refreshAt) this.#ask();
    return held?.accessToken ?? this.#await();
  }

  /** The service calls this token invalid: another one is asked for, unless that happened already. */
  reject(accessToken: string): void {
    if (this.#held?.accessToken === accessToken) this.#held = undefined;
  }

  /** Settles when no request is under way. */
  async settled(): Promise<void> {
    await this.#asking;
  }

  async #await(): Promise<string | Denial> {
    await this.#asking;
    return this.#usable()?.accessToken ?? this.#describeDenial();
  }

  #usable(): Held | undefined {
    return this.#held !== undefined && this.#clock() < this.#held.endsAt ? this.#held : undefined;
  }

  #ask(): void {
    if (this.#clock() < this.#notBefore) return;
    this.#asking ??= this.#request().finally(() => (this.#asking = undefined));
  }

  async #request(): Promise<void> {
    const grant = await this.#exchange();
    if (grant.kind === 'granted') this.#hold(grant.accessToken, grant.lifeMs);
    else this.#postpone(grant);
  }

  #hold(accessToken: string, lifeMs: number): void {
    const now = this.#clock();
    this.#held = { accessToken, refreshAt: now + lifeMs * refreshAt, endsAt: now + Math.max(lifeMs - reserveMs, lifeMs * 0.9) };
    this.#denial = undefined;
    this.#notBefore = 0;
    this.#backoff.succeeded();
  }

  #postpone(denial: Denial): void {
    this.#denial = denial;
    this.#backoff.failed();
    const askedMs = denial.kind === 'unavailable' ? (denial.afterMs ?? 0) : 0;
    this.#notBefore = this.#clock() + Math.max(askedMs, this.#backoff.waitMs());
  }

  #describeDenial(): Denial {
    const denial: Denial = this.#denial ?? { kind: 'unavailable', reason: 'no access token yet' };
    if (denial.kind === 'refused') return denial;
    return { ...denial, afterMs: Math.max(0, this.#notBefore - this.#clock()) };
  }
}
