import type { Log } from './log.ts';
import { Occasionally } from './occasionally.ts';

const intervalMs = 1_000;

/** For what strangers can bring about: each warning is written once a second at most, and says how many like it were left out. */
export class SparingLog {
  readonly #log: Log;
  readonly #clock: (() => number) | undefined;
  readonly #warnings = new Map<string, Occasionally>();

  constructor(log: Log, clock?: () => number) {
    this.#log = log;
    this.#clock = clock;
  }

  /** `event` is a word of ours: one counter is kept for each. What is left out is written at level debug. */
  warn(event: string, fields: Readonly<Record<string, unknown>>): void {
    const occasionally = this.#warnings.get(event) ?? new Occasionally(intervalMs, this.#clock);
    this.#warnings.set(event, occasionally);
    const isTold = occasionally.run((passedOver) => this.#log.warn(event, passedOver === 0 ? fields : { ...fields, passedOver }));
    if (!isTold) this.#log.debug(event, fields);
  }
}
