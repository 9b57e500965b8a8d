import type { ClientStream } from './client-stream.ts';
import { ConnectionError, errorCodes, highestStreamId, highestWindow } from './frames.ts';

/** The streams of a connection that have an id and no end. */
export class OpenStreams {
  #open = new Map<number, ClientStream>();
  #nextId = 1;

  /** Ids that are left. */
  get left(): number {
    return (highestStreamId - this.#nextId) / 2 + 1;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Gives it the next id of a client: an odd one (RFC 9113 §5.1.1). */
  start(stream: ClientStream, window: number): void {
    stream.id = this.#nextId;
    stream.window = window;
    this.#nextId += 2;
    this.#open.set(stream.id, stream);
  }

  delete(stream: ClientStream): void {
    this.#open.delete(stream.id);
  }

  /** Undefined for one that has ended: frames of it may still come. Throws ConnectionError for one that nobody began (RFC 9113 §5.1). */
  find(id: number): ClientStream | undefined {
    const stream = this.#open.get(id);
    if (stream === undefined && (id >= this.#nextId || id % 2 === 0))
      throw new ConnectionError(errorCodes.protocolError, `a frame for stream ${id}, which is idle`);
    return stream;
  }

  /** Streams with greater ids; they stay. */
  above(id: number): readonly ClientStream[] {
    return [...this.#open.values()].filter((stream) => stream.id > id);
  }

  /** The peer changed the window that every stream begins with (RFC 9113 §6.9.2): it may become less than nothing. */
  widen(by: number): void {
    for (const stream of this.#open.values()) stream.window = widenWindow(stream.window, by);
  }
}

/** Throws ConnectionError beyond what a window may be (RFC 9113 §6.9.1). */
export function widenWindow(window: number, by: number): number {
  if (window + by > highestWindow) throw new ConnectionError(errorCodes.flowControlError, `a window of ${window + by} bytes`);
  return window + by;
}
