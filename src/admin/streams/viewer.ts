import type { ServerResponse } from 'node:http';

/** Bytes that wait for a viewer at most; one that is further behind is let go. */
const mostWaiting = 256 * 1024;

/** Somebody who watches: one answer that goes on, as server-sent events. Nobody ever waits for it. */
export class Viewer {
  readonly #response: ServerResponse;
  readonly #closed = Promise.withResolvers<undefined>();
  #sentAt: number;
  #behindSince: number | undefined;

  constructor(response: ServerResponse, now: number) {
    this.#response = response;
    this.#sentAt = now;
    response.on('error', () => undefined);
    response.once('close', () => this.#closed.resolve(undefined));
    response.statusCode = 200;
    response.setHeader('Content-Type', 'text/event-stream; charset=utf-8');
    // Proxies that collect an answer before they pass it on would show nothing.
    response.setHeader('X-Accel-Buffering', 'no');
    response.flushHeaders();
  }

  /** Settles when nobody watches any more. */
  get closed(): Promise<undefined> {
    return this.#closed.promise;
  }

  /** True while what was sent has not left. */
  get isBehind(): boolean {
    return this.#response.writableLength > 0;
  }

  /** Hands on what is one or several events. */
  send(text: string | Buffer, now: number): void {
    if (this.#response.writableEnded || this.#response.destroyed) return;
    this.#response.write(text);
    this.#sentAt = now;
    if (this.#response.writableLength > mostWaiting) this.drop();
  }

  /** A sign of life where nothing was sent for long; the end of one who has taken nothing for long. */
  tend(now: number, { keepAliveMs, stuckMs }: ViewerTiming): void {
    this.#behindSince = this.isBehind ? (this.#behindSince ?? now) : undefined;
    if (this.#behindSince !== undefined && now - this.#behindSince >= stuckMs) this.drop();
    else if (now - this.#sentAt >= keepAliveMs) this.send(': here\n\n', now);
  }

  end(): void {
    this.#response.end();
  }

  drop(): void {
    this.#response.destroy();
  }
}

export interface ViewerTiming {
  readonly keepAliveMs: number;
  readonly stuckMs: number;
}

/** One event; `data` is JSON, which has no line breaks. */
export function buildEvent(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
