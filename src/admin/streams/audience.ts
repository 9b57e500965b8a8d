// Room: answers that go on: events to viewers, bounded in number and in what waits for each. In: events. Out: bytes, or a viewer let go.
// May enter: admin.
import type { ServerResponse } from 'node:http';
import { Viewer, type ViewerTiming } from './viewer.ts';

export interface AudienceOptions extends ViewerTiming {
  readonly most: number;
}

const tendEveryMs = 1_000;

/** All who watch the same; an event is made once, however many they are. */
export class Audience {
  readonly #options: AudienceOptions;
  readonly #viewers = new Set<Viewer>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: AudienceOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#viewers.size;
  }

  get isFull(): boolean {
    return this.size >= this.#options.most;
  }

  /** Whoever called it saw that there is room. */
  admit(response: ServerResponse): Viewer {
    const viewer = new Viewer(response, performance.now());
    this.#viewers.add(viewer);
    this.#timer ??= setInterval(() => this.#tend(), Math.min(tendEveryMs, this.#options.keepAliveMs)).unref();
    void viewer.closed.then(() => this.#leave(viewer));
    return viewer;
  }

  send(text: string): void {
    if (this.size === 0) return;
    const bytes = Buffer.from(text);
    const now = performance.now();
    for (const viewer of this.#viewers) viewer.send(bytes, now);
  }

  close(): void {
    for (const viewer of this.#viewers) viewer.drop();
  }

  #tend(): void {
    const now = performance.now();
    for (const viewer of this.#viewers) viewer.tend(now, this.#options);
  }

  #leave(viewer: Viewer): void {
    this.#viewers.delete(viewer);
    if (this.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
