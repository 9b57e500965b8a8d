import { sign } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { growingTo } from '../../../src/base/growing-to.ts';
import type { VapidKey } from './vapid-key.ts';

const hourMs = 60 * 60_000;
/** RFC 8292 §2 allows 24 hours; a clock that is a few hours off shall do no harm. */
const lifeMs = 12 * hourMs;
/** Half of it: a token is never shown in its last hours. */
const renewAfterMs = 6 * hourMs;
/** Apple takes no new one within an hour. */
const youngestReplacedMs = hourMs;
/** Two clocks that go apart by more were not both left alone. */
const mostDriftMs = 60_000;
/** Origins whose token is kept; one that is forgotten costs a signature. */
const mostOrigins = 10_000;

/** The machine's clock, and one that nobody can set; both in milliseconds. */
export interface Clocks {
  readonly now: () => number;
  readonly steady: () => number;
}

interface Signed {
  readonly header: string;
  readonly now: number;
  readonly steady: number;
}

const usualClocks: Clocks = { now: Date.now, steady: () => performance.now() };

/** The `Authorization` of every request (RFC 8292 §3): one token per origin, signed anew when it is six hours old or the clock was set. */
export class VapidTokens {
  readonly #key: VapidKey;
  readonly #subject: string;
  readonly #clocks: Clocks;
  readonly #signed = new LRUCache<string, Signed>(growingTo(mostOrigins));

  /** `subject` is a mailto: or https: address by which a push service reaches us. */
  constructor(key: VapidKey, subject: string, clocks = usualClocks) {
    this.#key = key;
    this.#subject = subject;
    this.#clocks = clocks;
  }

  authorizationFor(origin: string): string {
    const kept = this.#signed.get(origin);
    if (kept !== undefined && this.#ageOf(kept) < renewAfterMs && !this.#wasClockSet(kept)) return kept.header;
    const fresh = { header: this.#sign(origin), now: this.#clocks.now(), steady: this.#clocks.steady() };
    this.#signed.set(origin, fresh);
    return fresh.header;
  }

  /** The service does not like it: the next one is new, unless this one is younger than an hour. */
  expire(origin: string): void {
    const kept = this.#signed.peek(origin);
    if (kept !== undefined && this.#ageOf(kept) >= youngestReplacedMs) this.#signed.delete(origin);
  }

  #ageOf({ steady }: Signed): number {
    return this.#clocks.steady() - steady;
  }

  #wasClockSet(signed: Signed): boolean {
    return Math.abs(this.#clocks.now() - signed.now - this.#ageOf(signed)) > mostDriftMs;
  }

  #sign(aud: string): string {
    const exp = Math.floor((this.#clocks.now() + lifeMs) / 1000);
    const text = `${encode({ typ: 'JWT', alg: 'ES256' })}.${encode({ aud, exp, sub: this.#subject })}`;
    const signature = sign('sha256', Buffer.from(text), { key: this.#key.privateKey, dsaEncoding: 'ieee-p1363' });
    return `vapid t=${text}.${signature.toString('base64url')}, k=${this.#key.publicKey}`;
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
