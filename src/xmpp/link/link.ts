import { setTimeout as wait } from 'node:timers/promises';
import type { Log } from '../../log/log.ts';
import { backoffMs } from './backoff.ts';
import type { BackoffTable } from './backoff.ts';
import { ComponentStream } from '../stream/stream.ts';
import type { StreamEnd } from '../stream/trouble.ts';
import type { StreamHandlers, StreamOptions } from '../stream/stream.ts';

export interface LinkOptions extends StreamOptions {
  readonly backoff: BackoffTable;
  /** A connection that lasted this long starts the back-off anew. */
  readonly stableMs: number;
  readonly log: Log;
  /** Watches a stream that is up; returns how to stop. */
  watch(stream: ComponentStream): () => void;
  /** Called each time the link comes up. */
  onUp(): void;
}

/** One connection slot: keeps a stream up for as long as it runs, reconnecting with back-off. */
export class Link {
  readonly #options: LinkOptions;
  readonly #handlers: StreamHandlers;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #stream: ComponentStream | undefined;
  #failures = 0;
  #lastEnd: StreamEnd | undefined;
  /** Times that this link came up again after it had been up. */
  reconnects = 0;

  constructor(options: LinkOptions, handlers: StreamHandlers) {
    this.#options = options;
    this.#handlers = handlers;
  }

  /** The stream that is up, if any. */
  get stream(): ComponentStream | undefined {
    return this.#stream;
  }

  /** Why the link is down; undefined while it is up or was never tried. */
  get trouble(): StreamEnd | undefined {
    return this.#stream === undefined ? this.#lastEnd : undefined;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends the stream properly and stays down; settles when the socket is gone. */
  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#stream?.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      this.#noteEnd(await this.#once());
      const ms = backoffMs(this.#lastEnd?.trouble ?? 'lost', this.#failures - 1, this.#options.backoff);
      // Only the abort of close() rejects this wait.
      await wait(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    }
  }

  /** One stream from connect to end. */
  async #once(): Promise<StreamEnd> {
    const stream = new ComponentStream(this.#options, this.#handlers);
    const giveUp = () => stream.abandon('closed by us');
    this.#stopping.signal.addEventListener('abort', giveUp, { once: true });
    const isOnline = await stream.open();
    this.#stopping.signal.removeEventListener('abort', giveUp);
    if (!isOnline) return stream.ended;
    if (this.#stopping.signal.aborted) await stream.close();
    else await this.#up(stream);
    return stream.ended;
  }

  async #up(stream: ComponentStream): Promise<void> {
    if (this.#lastEnd !== undefined) this.reconnects += 1;
    const since = performance.now();
    const unwatch = this.#options.watch(stream);
    this.#stream = stream;
    this.#options.log.info('component-up');
    this.#options.onUp();
    await stream.ended;
    this.#stream = undefined;
    unwatch();
    if (performance.now() - since >= this.#options.stableMs) this.#failures = 0;
  }

  /**
   * One line a trouble: the same one again (a conflict that lasts) is told at debug level only. Each trouble has its own count:
   * who stood by for days has not failed to reconnect once.
   */
  #noteEnd(end: StreamEnd): void {
    const isNews = this.#lastEnd?.reason !== end.reason || this.#failures === 0;
    this.#failures = this.#lastEnd?.trouble === end.trouble ? this.#failures + 1 : 1;
    this.#lastEnd = end;
    if (this.#stopping.signal.aborted) return;
    const level = isNews ? (end.trouble === 'conflict' ? 'info' : 'warn') : 'debug';
    this.#options.log[level]('component-down', { reason: end.reason, trouble: end.trouble });
  }
}
