import type { Log } from '../../log/log.ts';
import { Occasionally } from '../../log/occasionally.ts';
import type { Outcome } from '../provider/provider.ts';

export type Failure = Extract<Outcome, { kind: 'rejected' | 'retry' }>;

const repeatMs = 60_000;
/** Reasons told apart: more would be numbers or texts made up by a service. */
const mostReasons = 200;

/**
 * The lines of pushes that fail: of each provider and reason one a minute as a warning, with the number of those since the
 * last; all others at debug level. A push service that is down would fill the disk otherwise.
 */
export class FailureLog {
  readonly #log: Log;
  readonly #clock: (() => number) | undefined;
  readonly #reasons = new Map<string, Occasionally>();

  constructor(log: Log, clock?: () => number) {
    this.#log = log;
    this.#clock = clock;
  }

  tell(provider: string, { kind, reason }: Failure, fields: Readonly<Record<string, unknown>>): void {
    // Reasons that differ in numbers alone, as waiting times do, are one.
    const occasionally = this.#of(`${provider} ${kind} ${reason.replace(/\d+/g, '#')}`);
    const isTold = occasionally.run((passedOver) => this.#log.warn('push', { ...fields, passedOver }));
    if (!isTold) this.#log.debug('push', fields);
  }

  #of(reason: string): Occasionally {
    const key = this.#reasons.has(reason) || this.#reasons.size < mostReasons ? reason : 'others';
    let one = this.#reasons.get(key);
    if (one === undefined) this.#reasons.set(key, (one = new Occasionally(repeatMs, this.#clock)));
    return one;
  }
}
