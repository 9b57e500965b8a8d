import type { Log } from '../../log/log.ts';
import type { Outcome } from '../provider/provider.ts';

/** Push services that are asked for a call that the device itself has taken by now. What they say is counted as always, and changes nothing. */
export class Left {
  readonly #log: Log;
  readonly #asked = new Set<Promise<void>>();
  readonly #stop = new AbortController();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Aborts with `signal`, or when nobody waits any longer for what was left. */
  limit(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, this.#stop.signal]);
  }

  /** `stanza` is the id of what caused the push. */
  leave(asked: Promise<Outcome>, stanza: string | undefined): void {
    const ended = asked.then(
      () => undefined,
      (error: unknown) => this.#log.warn('second-way-failed', { stanza, error }),
    );
    this.#asked.add(ended);
    void ended.finally(() => this.#asked.delete(ended));
  }

  /** Gives up asking; settles when nobody is asked any more. */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#asked);
  }
}
