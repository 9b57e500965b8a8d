import { isDeepStrictEqual } from 'node:util';
import type { Log } from '../log/log.ts';
import { History, type Chart, type Range } from './history/history.ts';
import type { Snapshot } from './history/snapshot.ts';
import type { State } from './state/state.ts';
import type { Audience } from './streams/audience.ts';
import { buildEvent } from './streams/viewer.ts';

export interface PulseOptions {
  readonly readSnapshot: () => Promise<Snapshot>;
  readonly readState: () => Promise<State>;
  readonly isUp: () => boolean;
  readonly viewers: Audience;
  readonly log: Log;
  /** Between two points; a second where not given. */
  readonly everyMs?: number;
}

/** Points between two looks at the state. */
const pointsPerState = 2;
const freshMs = 1_000;

/**
 * Once a second: reads the counters, remembers them, and tells whoever watches. Without a viewer nothing else is read; with a
 * thousand it is read once.
 */
export class Pulse {
  readonly #options: PulseOptions;
  readonly #history = new History();
  readonly #timer: NodeJS.Timeout;
  #beat: Promise<void> | undefined;
  #beats = 0;
  #upSince: Date | undefined;
  #told: State | undefined;
  #state: { readonly at: number; readonly value: Promise<State> } | undefined;

  constructor(options: PulseOptions) {
    this.#options = options;
    const beat = () => (this.#beat ??= this.#run().finally(() => (this.#beat = undefined)));
    this.#timer = setInterval(() => void beat(), options.everyMs ?? 1_000).unref();
    void beat();
  }

  /** When the connection to the XMPP server came up, exact to a second. */
  get upSince(): Date | undefined {
    this.#noteLink();
    return this.#upSince;
  }

  readChart(range: Range): Chart {
    return this.#history.read(range, Date.now() / 1_000);
  }

  /** Not older than a second; asked for by many at once it is read once. */
  readState(): Promise<State> {
    const now = performance.now();
    if (this.#state === undefined || now - this.#state.at >= freshMs) this.#state = { at: now, value: this.#options.readState() };
    return this.#state.value;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#beat;
  }

  async #run(): Promise<void> {
    const { readSnapshot, viewers, log } = this.#options;
    this.#noteLink();
    try {
      const point = this.#history.add(Date.now() / 1_000, await readSnapshot());
      if (viewers.size === 0) return;
      if (point !== undefined) viewers.send(buildEvent('point', point));
      this.#beats += 1;
      if (this.#beats % pointsPerState === 0) await this.#tellState();
    } catch (error) {
      log.error('admin-failed', { error });
    }
  }

  #noteLink(): void {
    this.#upSince = this.#options.isUp() ? (this.#upSince ?? new Date()) : undefined;
  }

  async #tellState(): Promise<void> {
    const state = await this.readState();
    if (this.#told !== undefined && isDeepStrictEqual(withoutNow(this.#told), withoutNow(state))) return;
    this.#told = state;
    this.#options.viewers.send(buildEvent('state', state));
  }
}

function withoutNow(state: State): object {
  return { ...state, now: undefined };
}
