import { HpackError } from '../hpack/hpack.ts';
import { HeaderDecoder } from '../hpack/header-decoder.ts';
import type { AnswerHeaders, ClientStream } from './client-stream.ts';
import { ConnectionError, errorCodes, flags, frameHeaderLength, frameTypes } from './frames.ts';
import type { Frame } from './frame-reader.ts';

/** Octets of header fields of one answer, as RFC 9113 §6.5.2 counts them; push services send some hundreds. */
const longestHeaders = 64 * 1024;

/** A list of header fields: name, value, name, value … */
export interface Fields {
  readonly fields: readonly string[];
  /** Nothing follows on its stream. */
  readonly isEnd: boolean;
}

/** Puts header blocks together (RFC 9113 §4.3) and reads them as the header fields of answers. */
export class AnswerReader {
  readonly #decoder = new HeaderDecoder({ longest: longestHeaders });
  #parts: Buffer[] = [];
  #length = 0;
  /** That of the HEADERS that is not whole. */
  #first: { readonly streamId: number; readonly flags: number } | undefined;

  /** Whether nothing but the rest of a header block may come. */
  get isInside(): boolean {
    return this.#first !== undefined;
  }

  /**
   * Takes HEADERS or CONTINUATION, and returns the fields where their block is whole. Throws ConnectionError where they are not
   * as they should be: what comes later could not be read any more.
   */
  take(frame: Frame): Fields | undefined {
    const fragment = this.#begin(frame);
    const isWhole = (frame.flags & flags.endHeaders) !== 0;
    const first = this.#first ?? { streamId: frame.streamId, flags: frame.flags };
    if (isWhole && this.#parts.length === 0) return this.#read(first, fragment);
    // With what carries it: a block may come in frames of nothing, without end.
    this.#length += frameHeaderLength + fragment.length;
    if (this.#length > longestHeaders) throw new ConnectionError(errorCodes.enhanceYourCalm, 'too long a header block');
    this.#parts.push(Buffer.from(fragment));
    this.#first = first;
    return isWhole ? this.#read(first, Buffer.concat(this.#parts)) : undefined;
  }

  #begin(frame: Frame): Buffer {
    if (frame.type === frameTypes.headers) return withoutPriority(frame);
    if (this.#first?.streamId !== frame.streamId) throw new ConnectionError(errorCodes.protocolError, 'CONTINUATION of nothing');
    return frame.payload;
  }

  #read(first: { readonly flags: number }, block: Buffer): Fields {
    this.#first = undefined;
    this.#parts = [];
    this.#length = 0;
    try {
      return { fields: this.#decoder.decode(block), isEnd: (first.flags & flags.endStream) !== 0 };
    } catch (error) {
      if (error instanceof HpackError) throw new ConnectionError(errorCodes.compressionError, error.message);
      throw error;
    }
  }
}

/** The payload of a frame that may be padded (RFC 9113 §6.1). */
export function withoutPadding({ payload, flags: flag }: Frame): Buffer {
  if ((flag & flags.padded) === 0) return payload;
  const length = payload[0];
  if (length === undefined || length >= payload.length)
    throw new ConnectionError(errorCodes.protocolError, 'padding longer than its frame');
  return payload.subarray(1, payload.length - length);
}

const priorityLength = 5;

function withoutPriority(frame: Frame): Buffer {
  const payload = withoutPadding(frame);
  if ((frame.flags & flags.priority) === 0) return payload;
  if (payload.length < priorityLength) throw new ConnectionError(errorCodes.frameSizeError, 'HEADERS too short for a priority');
  return payload.subarray(priorityLength);
}

/** Tells an answer's fields to its stream: the final response's, not those before (1xx) nor behind it (trailers). False where they are no answer (RFC 9113 §8.3.2). */
export function tellAnswer(stream: ClientStream, fields: readonly string[], isEnd: boolean): boolean {
  if (stream.isAnswered) return isEnd;
  const headers = readHeaders(fields);
  const status = headers[':status'];
  if (status === undefined || !/^[1-9]\d\d$/.test(status)) return false;
  if (status.startsWith('1')) return !isEnd;
  stream.answered(headers);
  return true;
}

function readHeaders(fields: readonly string[]): AnswerHeaders {
  // Without a prototype: a field may have any name.
  const headers = Object.create(null) as Record<string, string>;
  for (let place = 0; place < fields.length; place += 2) {
    const name = fields[place] ?? '';
    const value = fields[place + 1] ?? '';
    const before = headers[name];
    headers[name] = before === undefined ? value : `${before}, ${value}`;
  }
  return headers;
}
