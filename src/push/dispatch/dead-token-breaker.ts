/** When so many tokens are called dead at once that the credentials are doubted rather than the tokens. */
export interface BreakerLimits {
  /** The last so many outcomes count … */
  readonly outcomes: number;
  /** … none of them older than this. */
  readonly windowMs: number;
  /** More dead tokens than this among them open the breaker. At half of `outcomes` that is "more than half of all" as well. */
  readonly dead: number;
  /** So much later it closes in any case. */
  readonly longestOpenMs: number;
}

/** Pushes that must have been accepted, and how many for each dead token, before the tokens are believed dead again. */
const acceptedToClose = 10;
const acceptedPerDead = 3;
/** Where pushes are rare: one accepted so long after the last dead token is enough. */
const quietMs = 5 * 60_000;
/** Dead tokens of one owner that count: nobody opens it alone, by registering what never was a token. */
const deadPerOwner = 3;

interface Observation {
  readonly at: number;
  /** Whose token was called dead; undefined where the push was accepted. */
  readonly deadOf: string | undefined;
}

/**
 * Open while a push service calls a mass of tokens dead. No token may be dropped then; pushes go on, each one a probe, and
 * when they are accepted again it closes. A token that really died is refused once more after that.
 */
export class DeadTokenBreaker {
  readonly #limits: BreakerLimits;
  readonly #clock: () => number;
  readonly #onTurn: (isOpen: boolean) => void;
  /** The oldest is at `#first`: what lies before is forgotten, and cleared away now and then only, because every push passes here. */
  #recent: Observation[] = [];
  #first = 0;
  #dead = 0;
  #lastDeadAt = 0;
  #openedAt: number | undefined;

  /** `onTurn` hears of each opening and closing. */
  constructor(limits: BreakerLimits, clock: () => number, onTurn: (isOpen: boolean) => void) {
    this.#limits = limits;
    this.#clock = clock;
    this.#onTurn = onTurn;
  }

  get isOpen(): boolean {
    return this.#openedAt !== undefined;
  }

  /** A push was accepted. */
  accepted(): void {
    const now = this.#observe(undefined);
    if (this.isOpen && (this.#isMostlyAccepted() || now - this.#lastDeadAt >= quietMs)) this.#turn(undefined);
  }

  /** A token of this owner was called dead; true where it may be dropped. */
  refused(owner: string): boolean {
    const now = this.#observe(owner);
    this.#lastDeadAt = now;
    if (!this.isOpen && this.#dead > this.#limits.dead) this.#turn(now);
    return !this.isOpen;
  }

  #observe(deadOf: string | undefined): number {
    const now = this.#clock();
    if (this.#openedAt !== undefined && now - this.#openedAt >= this.#limits.longestOpenMs) this.#turn(undefined);
    this.#forgetOld(now);
    if (deadOf !== undefined && this.#recent.slice(this.#first).filter((one) => one.deadOf === deadOf).length >= deadPerOwner) return now;
    this.#recent.push({ at: now, deadOf });
    if (deadOf !== undefined) this.#dead += 1;
    return now;
  }

  #forgetOld(now: number): void {
    const { outcomes, windowMs } = this.#limits;
    for (let oldest = this.#recent[this.#first]; oldest !== undefined; oldest = this.#recent[this.#first]) {
      if (this.#size < outcomes && now - oldest.at < windowMs) break;
      this.#first += 1;
      if (oldest.deadOf !== undefined) this.#dead -= 1;
    }
    if (this.#first < outcomes) return;
    this.#recent = this.#recent.slice(this.#first);
    this.#first = 0;
  }

  get #size(): number {
    return this.#recent.length - this.#first;
  }

  #isMostlyAccepted(): boolean {
    const accepted = this.#size - this.#dead;
    return accepted >= acceptedToClose && accepted >= acceptedPerDead * this.#dead;
  }

  /** What was seen in the other state says nothing about this one. */
  #turn(openedAt: number | undefined): void {
    this.#openedAt = openedAt;
    this.#recent = [];
    this.#first = 0;
    this.#dead = 0;
    this.#onTurn(this.isOpen);
  }
}
