import type { LocalPush, LocalPushMessage, LocalPushOptions, LocalPushState, StopReason, Transport } from './options.ts';
import { Session, type End } from './session.ts';
import { Shown } from './shown.ts';

/** Ends after which coming back by ourselves is useless or harmful. */
const stops: Readonly<Record<number, StopReason>> = {
  4400: 'not-understood',
  4401: 'registration-gone',
  4409: 'replaced',
  1009: 'not-understood',
};
/** Local push is switched off there, or it is another server. */
const notThere = [400, 404];
const notThereMs = 24 * 3_600_000;
/** A connection that lasted this long was a good one. */
const stableMs = 60_000;
const allTransports: readonly Transport[] = ['websocket', 'events'];

/** A device and its connections, one after the other: when to try again, and by which way. */
export class Device implements LocalPush {
  readonly #options: LocalPushOptions & Required<Pick<LocalPushOptions, 'firstWaitMs' | 'longestWaitMs' | 'answerLimitMs'>>;
  readonly #transports: readonly Transport[];
  readonly #shown = new Shown();
  #state: LocalPushState;
  #session: Session | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #way = 0;
  #failures = 0;

  constructor(options: LocalPushOptions) {
    const { firstWaitMs = 1_000, longestWaitMs = 60_000, answerLimitMs = 10_000 } = options;
    this.#options = { ...options, firstWaitMs, longestWaitMs, answerLimitMs };
    this.#transports = options.transports?.length ? options.transports : allTransports;
    this.#state = { kind: 'connecting', transport: this.#transport };
    events.addEventListener?.('online', this.#tryNow);
    this.#connect();
  }

  get state(): LocalPushState {
    return this.#state;
  }

  isKnown(id: string): boolean {
    return this.#shown.isKnown(id);
  }

  reconnect(): void {
    if (this.#state.kind === 'stopped') return;
    this.#failures = 0;
    this.#way = 0;
    this.#connect();
  }

  close(): void {
    this.#stop('closed');
  }

  get #transport(): Transport {
    return this.#transports[this.#way] ?? 'websocket';
  }

  readonly #tryNow = (): void => {
    if (this.#state.kind === 'waiting') this.reconnect();
  };

  #connect(): void {
    clearTimeout(this.#timer);
    this.#session?.leave();
    const transport = this.#transport;
    this.#session = new Session(transport, this.#options, {
      welcome: () => this.#enter({ kind: 'connected', transport }),
      push: (push) => this.#show(push),
      ended: (end) => this.#comeBack(end),
    });
    this.#enter({ kind: 'connecting', transport });
  }

  #comeBack(end: End): void {
    const reason = stops[end.code];
    if (reason !== undefined) return this.#stop(reason);
    if (end.livedMs >= stableMs) this.#failures = this.#way = 0;
    // Nobody there: by another way there may be, and that is no further try.
    if (!end.isHeard && end.afterMs === undefined) {
      this.#way = (this.#way + 1) % this.#transports.length;
      if (this.#way !== 0) return this.#connect();
    }
    const forMs = end.afterMs ?? (notThere.includes(end.code) ? notThereMs : this.#backOffMs());
    if (end.afterMs === undefined) this.#failures += 1;
    this.#timer = setTimeout(() => this.#connect(), forMs);
    this.#enter({ kind: 'waiting', forMs, code: end.code });
  }

  #backOffMs(): number {
    const { firstWaitMs, longestWaitMs } = this.#options;
    return Math.random() * Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(this.#failures, 20));
  }

  #stop(reason: StopReason): void {
    if (this.#state.kind === 'stopped') return;
    events.removeEventListener?.('online', this.#tryNow);
    clearTimeout(this.#timer);
    this.#session?.leave();
    this.#enter({ kind: 'stopped', reason });
  }

  async #show(push: LocalPushMessage): Promise<void> {
    await this.#shown.once(push.id, async () => {
      try {
        await this.#options.onPush(push);
      } catch (error) {
        this.#complain(error);
        throw error;
      }
    });
  }

  #enter(state: LocalPushState): void {
    this.#state = state;
    try {
      this.#options.onState?.(state);
    } catch (error) {
      this.#complain(error);
    }
  }

  #complain(error: unknown): void {
    (this.#options.onError ?? console.error)(error);
  }
}

/** What a browser's window and workers are; Node's global object is not. */
const events = globalThis as unknown as Partial<Pick<EventTarget, 'addEventListener' | 'removeEventListener'>>;
