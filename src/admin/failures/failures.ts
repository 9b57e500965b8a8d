// Room: what went wrong lately, in words with what to do. In: warnings and errors of the log. Out: a short list. May enter: admin, app.
import type { Overheard } from '../../log/overheard.ts';
import { explain } from './words.ts';

/** The same thing again is the same failure. */
export interface Failure {
  /** When it happened last. */
  readonly at: string;
  readonly provider?: string | undefined;
  readonly words: string;
  readonly advice?: string | undefined;
  /** How often since the start, as far as it is remembered. */
  readonly count: number;
}

/** Says what to do about a reason that a provider gave; undefined where it knows nothing better than we do. */
export type Advise = (provider: string, reason: string) => string | undefined;

interface Kept extends Failure {
  readonly reason: string | undefined;
}

const most = 50;

/** The last failures, told apart by what happened, to whom and why; the oldest gives way. */
export class Failures {
  readonly #known = new Map<string, Kept>();
  readonly #clock: () => Date;

  constructor(clock = () => new Date()) {
    this.#clock = clock;
  }

  hear({ event, fields }: Overheard): void {
    const { words, advice, reason } = explain(event, fields);
    const provider = typeof fields['provider'] === 'string' ? fields['provider'] : undefined;
    const passedOver = typeof fields['passedOver'] === 'number' ? fields['passedOver'] : 0;
    // Reasons that differ in numbers alone, as waiting times do, are one.
    const key = `${event} ${provider ?? ''} ${words.replace(/\d+/g, '#')}`;
    const count = (this.#known.get(key)?.count ?? 0) + 1 + passedOver;
    this.#known.delete(key);
    this.#known.set(key, { at: this.#clock().toISOString(), provider, words, advice, count, reason });
    const oldest = this.#known.keys().next();
    if (this.#known.size > most && oldest.done !== true) this.#known.delete(oldest.value);
  }

  /** The newest first. */
  list(advise: Advise = () => undefined): readonly Failure[] {
    return [...this.#known.values()].reverse().map(({ reason, ...failure }) => {
      const better = failure.provider === undefined || reason === undefined ? undefined : advise(failure.provider, reason);
      return { ...failure, advice: better ?? failure.advice };
    });
  }
}
