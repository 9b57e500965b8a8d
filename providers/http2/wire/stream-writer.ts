import { HeaderEncoder } from '../hpack/header-encoder.ts';
import type { Batch } from './batch.ts';
import type { ClientStream } from './client-stream.ts';
import { flags, frameTypes, usualWindow } from './frames.ts';
import { widenWindow, type OpenStreams } from './open-streams.ts';
import type { PeerSettings } from './peer-settings.ts';

/** Writes requests as frames into a batch, as much of their bodies as the peer's windows allow (RFC 9113 §5.2). */
export class StreamWriter {
  readonly #batch: Batch;
  readonly #streams: OpenStreams;
  readonly #settings: PeerSettings;
  readonly #encoder = new HeaderEncoder();
  /** A part of their bodies was written. */
  readonly #begun = new Set<ClientStream>();
  #window = usualWindow;

  constructor(batch: Batch, streams: OpenStreams, settings: PeerSettings) {
    this.#batch = batch;
    this.#streams = streams;
    this.#settings = settings;
  }

  /** Octets of bodies that the peer takes on all streams together. */
  get window(): number {
    return this.#window;
  }

  /** Whether bodies wait for the peer's windows. */
  get isWaiting(): boolean {
    return this.#begun.size > 0;
  }

  widen(by: number): void {
    this.#window = widenWindow(this.#window, by);
  }

  limitTable(bytes: number): void {
    this.#encoder.limitTable(bytes);
  }

  /**
   * No more than the peer allows, which may have become less since they were handed over; and nothing behind a body that waits: else there
   * would be many that are begun and none that is whole.
   */
  mayBegin({ body }: ClientStream): boolean {
    if (this.#streams.size >= (this.#settings.maxConcurrentStreams ?? Infinity)) return false;
    return this.#begun.size === 0 && (body.length === 0 || this.#window > 0);
  }

  /** One that is over at `now`, or whose header fields may not be sent, is refused. */
  begin(stream: ClientStream, now: number): void {
    if (now >= stream.endsAt) return refuse(stream, 'expired before it was sent');
    this.#streams.start(stream, this.#settings.initialWindowSize);
    const isWhole = stream.body.length === 0;
    try {
      this.#writeHeaders(stream, isWhole ? flags.endStream : 0);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      // Its id is left out.
      this.#streams.delete(stream);
      return refuse(stream, error.message);
    }
    if (isWhole) stream.written('');
    else this.#writeBody(stream);
  }

  /** With those that were begun before. */
  goOn(): void {
    for (const stream of this.#begun) this.#writeBody(stream);
  }

  forget(stream: ClientStream): void {
    this.#begun.delete(stream);
  }

  #writeHeaders({ id, headers }: ClientStream, flag: number): void {
    const longest = HeaderEncoder.longest(headers);
    if (longest > this.#settings.maxFrameSize) this.#writeLongHeaders(id, headers, flag, longest);
    else
      this.#batch.appendFrame(frameTypes.headers, flag | flags.endHeaders, id, longest, (target, offset) =>
        this.#encoder.encode(headers, target, offset),
      );
  }

  #writeLongHeaders(id: number, headers: readonly string[], flag: number, longest: number): void {
    const { maxFrameSize } = this.#settings;
    const block = Buffer.allocUnsafe(longest);
    const length = this.#encoder.encode(headers, block, 0);
    for (let start = 0; start < length; start += maxFrameSize) {
      const part = block.subarray(start, Math.min(length, start + maxFrameSize));
      const end = start + part.length === length ? flags.endHeaders : 0;
      if (start === 0) this.#appendPart(frameTypes.headers, flag | end, id, part);
      else this.#appendPart(frameTypes.continuation, end, id, part);
    }
  }

  #writeBody(stream: ClientStream): void {
    const length = Buffer.byteLength(stream.body);
    if (length <= Math.min(stream.window, this.#window, this.#settings.maxFrameSize)) this.#writeRest(stream, length);
    else this.#writeParts(stream);
    if (stream.isWritten) this.#begun.delete(stream);
    else this.#begun.add(stream);
  }

  #writeRest(stream: ClientStream, length: number): void {
    const { body } = stream;
    this.#batch.appendFrame(frameTypes.data, flags.endStream, stream.id, length, (target, offset) => put(body, target, offset));
    this.#window -= length;
    stream.window -= length;
    stream.written('');
  }

  #writeParts(stream: ClientStream): void {
    let rest = Buffer.from(stream.body as Uint8Array);
    while (rest.length > 0) {
      const part = rest.subarray(0, Math.max(0, Math.min(rest.length, stream.window, this.#window, this.#settings.maxFrameSize)));
      if (part.length === 0) break;
      rest = rest.subarray(part.length);
      this.#appendPart(frameTypes.data, rest.length === 0 ? flags.endStream : 0, stream.id, part);
      this.#window -= part.length;
      stream.window -= part.length;
    }
    stream.written(rest);
  }

  #appendPart(type: number, flag: number, id: number, part: Buffer): void {
    this.#batch.appendFrame(type, flag, id, part.length, (target, offset) => put(part, target, offset));
  }
}

/** In a turn of its own: whoever hears of it may hand over the next one. */
function refuse(stream: ClientStream, reason: string): void {
  process.nextTick(() => stream.refuse(reason));
}

/** Returns the offset behind it. */
function put(body: string | Uint8Array, target: Buffer, offset: number): number {
  if (typeof body === 'string') return offset + target.write(body, offset);
  target.set(body, offset);
  return offset + body.length;
}
