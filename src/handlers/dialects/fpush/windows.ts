import { limitSignal } from '../../../base/limit.ts';
import { steadyNow } from '../../../base/clock.ts';
import type { Sendable } from '../../../push/dispatch/build-push.ts';

export interface WindowsOptions {
  /** 0: there are none. */
  readonly intervalMs: number;
  /** Sends what has waited. True where that is over, false where it is worth another try; may reject, which is that as well. */
  readonly send: (key: string, push: Sendable, signal: AbortSignal) => Promise<boolean>;
  /** Windows at once; beyond, pushes go out without. A push that waited and is tried again has its place besides. */
  readonly most?: number;
}

/** What follows upon a push of a token, for a while. */
interface Window {
  readonly endsAt: number;
  waiting: Sendable | undefined;
}

const mostWindows = 100_000;
/** Pushes that have waited and are on their way at once: new ones come first. */
const mostAtOnce = 200;
const sendLimitMs = 20_000;

/**
 * At most one push per token and interval, with a trailing edge: the first goes at once, the next waits until the interval is
 * over, what comes meanwhile takes its place. One that fails then waits for one more interval, until it is worthless.
 */
export class Windows {
  readonly #options: WindowsOptions;
  /** In the order of their ends: all are equally long. */
  readonly #windows = new Map<string, Window>();
  readonly #stop = new AbortController();
  #waiting = 0;
  #sending = 0;
  #lost = 0;
  #timer: NodeJS.Timeout | undefined;
  #onIdle: (() => void) | undefined;

  constructor(options: WindowsOptions) {
    this.#options = options;
  }

  /** Pushes that wait. */
  get waiting(): number {
    return this.#waiting;
  }

  get size(): number {
    return this.#windows.size;
  }

  /** Whether this push may go out now, which begins a window; else it waits, by itself or in the place of one that did. */
  enter(key: string, push: Sendable): 'now' | 'waits' | 'replaced' {
    if (this.#options.intervalMs === 0 || this.#isDraining) return 'now';
    const window = this.#windows.get(key);
    if (window === undefined || (window.waiting === undefined && window.endsAt <= steadyNow())) {
      this.#open(key);
      return 'now';
    }
    const isFirst = window.waiting === undefined;
    window.waiting = push;
    if (isFirst) this.#waiting += 1;
    return isFirst ? 'waits' : 'replaced';
  }

  /** The push that began the window did not arrive: the next may go at once, unless one waits already. */
  leave(key: string): void {
    if (this.#windows.get(key)?.waiting === undefined) this.#windows.delete(key);
  }

  /** Nobody waits for this token any more. */
  drop(key: string): void {
    if (this.#windows.get(key)?.waiting !== undefined) this.#waiting -= 1;
    this.#windows.delete(key);
  }

  /** What waits goes out now, nothing waits from now on; settles when nothing is on its way, with the number of those lost. */
  async drain(graceMs: number): Promise<number> {
    this.#onIdle = () => undefined;
    clearTimeout(this.#timer);
    const timer = setTimeout(() => this.#giveUp(), graceMs);
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve;
      this.#advance();
    });
    clearTimeout(timer);
    this.#windows.clear();
    return this.#lost;
  }

  get #isDraining(): boolean {
    return this.#onIdle !== undefined;
  }

  /** Where there is no place nothing is lost: the next push of this token goes out at once. */
  #open(key: string): void {
    this.#windows.delete(key);
    if (this.#windows.size >= (this.#options.most ?? mostWindows)) this.#sweep();
    if (this.#windows.size >= (this.#options.most ?? mostWindows)) return;
    this.#add(key, undefined);
  }

  #add(key: string, waiting: Sendable | undefined): void {
    this.#windows.set(key, { endsAt: steadyNow() + this.#options.intervalMs, waiting });
    if (waiting !== undefined) this.#waiting += 1;
    this.#schedule();
  }

  /** Sends what has waited long enough, as far as there are places; forgets windows that are over. */
  #advance(): void {
    const now = steadyNow();
    let signal: AbortSignal | undefined;
    for (const [key, { endsAt, waiting }] of this.#windows) {
      if ((endsAt > now && !this.#isDraining) || this.#sending >= mostAtOnce) break;
      this.drop(key);
      if (waiting !== undefined) this.#send(key, waiting, (signal ??= this.#buildSignal()));
    }
    if (this.#isDraining) this.#settle();
    else this.#schedule();
  }

  #buildSignal(): AbortSignal {
    return limitSignal(this.#stop.signal, sendLimitMs);
  }

  /** Forgets windows that are over, up to the first in which a push waits. */
  #sweep(): void {
    const now = steadyNow();
    for (const [key, { endsAt, waiting }] of this.#windows) {
      if (endsAt > now || waiting !== undefined) return;
      this.#windows.delete(key);
    }
  }

  #send(key: string, push: Sendable, signal: AbortSignal): void {
    this.#sending += 1;
    if (!this.#isDraining) this.#open(key);
    void this.#options
      .send(key, push, signal)
      .catch(() => false)
      .then((isOver) => {
        this.#sending -= 1;
        if (!isOver) this.#keep(key, push);
        this.#advance();
      });
  }

  /**
   * For one more interval, unless there is a newer one or it is worthless by then. It was acknowledged: it has a place even where
   * others took all of them while it was on its way, and so many can only be as are on their way at once.
   */
  #keep(key: string, push: Sendable): void {
    const window = this.#windows.get(key);
    if (window?.waiting !== undefined || push.expiresAt.getTime() <= steadyNow()) return;
    if (this.#isDraining) this.#lost += 1;
    else if (window === undefined) this.#add(key, push);
    else {
      window.waiting = push;
      this.#waiting += 1;
    }
  }

  /** One timer for all, for the window that ends first. */
  #schedule(): void {
    const [first] = this.#windows.values();
    if (first === undefined || this.#timer !== undefined || this.#sending >= mostAtOnce) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#advance();
      },
      Math.max(1, Math.ceil(first.endsAt - steadyNow())),
    ).unref();
  }

  #settle(): void {
    if (this.#sending === 0 && this.#windows.size === 0) this.#onIdle?.();
  }

  #giveUp(): void {
    this.#lost += this.#waiting;
    this.#waiting = 0;
    this.#windows.clear();
    this.#stop.abort();
    this.#settle();
  }
}
