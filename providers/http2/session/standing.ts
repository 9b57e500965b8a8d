import type { Endpoint } from '../endpoint.ts';

const usualMaxStreams = 500;
const worthFillingLimit = 100;
/** So many refusals in a row, and the session takes one request at a time, where the server resents them. */
const restAfter = 20;
/** So many requests given up in a row, and the session is given up too. */
const maxUnanswered = 20;
/** The same where it never answered any: it may take one at a time only, and each of them costs its whole time limit. */
const maxUnansweredAtFirst = 4;

/** What of the endpoint matters here. */
export type StandingRules = Pick<Endpoint, 'startsAtOne' | 'maxStreams' | 'resentsRefusals'>;

/** What the answers on a session say about it, and how many requests at a time it should be given therefore. */
export class Standing {
  hasAnswered = false;
  /** The connections before it fell silent: it takes one request at a time until the first answer, whatever that is. */
  isProbe = false;
  readonly #maxStreams: number;
  readonly #isWary: boolean;
  #isProven: boolean;
  #refusals = 0;
  #unanswered = 0;
  #highestLimit = 0;

  constructor({ startsAtOne = false, maxStreams = usualMaxStreams, resentsRefusals = false }: StandingRules) {
    this.#maxStreams = maxStreams;
    this.#isWary = resentsRefusals;
    this.#isProven = !startsAtOne;
  }

  answered(status: number): void {
    this.hasAnswered = true;
    this.#unanswered = 0;
    if (status < 300) {
      this.#isProven = true;
      this.#refusals = 0;
    } else if (status >= 400 && status < 500 && status !== 410) this.#refusals += 1;
  }

  abandoned(requests = 1): void {
    this.#unanswered += requests;
  }

  /** The server told its limit. */
  limited(streams: number | undefined): void {
    this.#highestLimit = Math.max(this.#highestLimit, streams ?? this.#maxStreams);
  }

  get isHopeless(): boolean {
    return this.#unanswered >= (this.hasAnswered ? maxUnanswered : maxUnansweredAtFirst);
  }

  /** How many requests at a time, where the server allows so many now. */
  limit(streams = this.#maxStreams): number {
    return Math.min(streams, this.#isHeldBack ? 1 : this.#maxStreams);
  }

  /**
   * Whether one more connection helps when this one is full: not where the server never allowed more, nor where our own
   * caution holds us back; but surely where the server allows nothing at all, and may never again.
   */
  wantsCompany(streams = this.#maxStreams): boolean {
    if (streams === 0) return true;
    if (this.#isHeldBack) return false;
    return streams >= worthFillingLimit || streams < this.#highestLimit;
  }

  get #isHeldBack(): boolean {
    return !this.#isProven || this.#isResented || (this.isProbe && !this.hasAnswered);
  }

  get #isResented(): boolean {
    return this.#isWary && this.#refusals >= restAfter;
  }
}

const usualAgeMs = 12 * 60 * 60_000;

/** `performance.now()` from which on a connection should be replaced, for each another one. */
export function drawEndOfLife({ sessionAgeMs = usualAgeMs }: Pick<Endpoint, 'sessionAgeMs'>): number {
  return performance.now() + sessionAgeMs * (0.75 + Math.random() / 2);
}
