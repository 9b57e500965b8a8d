import { errorCodes } from './frames.ts';
import { ReceiveWindow } from './receive-window.ts';

/** What is sent: header fields as name, value, name, value …, pseudo-headers first, and the body. */
export interface RequestContent {
  readonly headers: readonly string[];
  readonly body: string | Uint8Array;
  /** `performance.now()` from which on nothing of it may be written. */
  readonly endsAt?: number | undefined;
}

/** Header fields of an answer by their names, `:status` among them; several of one name are joined by a comma (RFC 9110 §5.2). */
export type AnswerHeaders = Readonly<Record<string, string | undefined>>;

/** What the peer said: the final response, its body as text. */
export interface Answer {
  readonly headers: AnswerHeaders;
  readonly body: string;
}

/** How a stream ended: with an answer, or by RST_STREAM of either side, or unprocessed at a GOAWAY (REFUSED_STREAM). */
export interface StreamEnd {
  readonly answer: Answer | undefined;
  /** RFC 9113 §7; says nothing where there is an answer. */
  readonly errorCode: number;
  /** Why nothing of it was written: its end came first, or its header fields are none that may be sent. */
  readonly refusal?: string;
}

/** The body of an answer as it comes, in copies: the parts lie in what the socket read. */
class AnswerBody {
  length = 0;
  readonly #parts: Buffer[] = [];
  readonly #window: ReceiveWindow;

  constructor(streamId: number) {
    this.#window = new ReceiveWindow(streamId);
  }

  take(part: Buffer, length: number): Buffer | undefined {
    this.length += part.length;
    if (part.length > 0) this.#parts.push(Buffer.from(part));
    return this.#window.take(length);
  }

  toString(): string {
    return Buffer.concat(this.#parts).toString();
  }
}

/** One request on its connection (RFC 9113 §5). */
export class ClientStream {
  readonly headers: readonly string[];
  readonly endsAt: number;
  /** 0 until the first of it is written: then nobody but us knows of it. */
  id = 0;
  /** What is left of the body. */
  body: string | Uint8Array;
  /** Octets that the peer takes of this stream's body (RFC 9113 §5.2), known when it has an id. */
  window = 0;
  /** All of it was handed to the socket, and may have been processed. */
  isWritten = false;
  #onEnd: ((end: StreamEnd) => void) | undefined;
  #headers: AnswerHeaders | undefined;
  #body: AnswerBody | undefined;

  constructor({ headers, body, endsAt = Infinity }: RequestContent, onEnd: (end: StreamEnd) => void) {
    this.headers = headers;
    this.body = body;
    this.endsAt = endsAt;
    this.#onEnd = onEnd;
  }

  get isEnded(): boolean {
    return this.#onEnd === undefined;
  }

  /** The final response has come. */
  get isAnswered(): boolean {
    return this.#headers !== undefined;
  }

  /** Octets of the answer's body that have come. */
  get length(): number {
    return this.#body?.length ?? 0;
  }

  /** All of its body but `rest` was handed to the socket. */
  written(rest: string | Uint8Array): void {
    this.body = rest;
    this.isWritten = rest.length === 0;
  }

  answered(headers: AnswerHeaders): void {
    this.#headers = headers;
  }

  /** A part of the answer's body, and its length with its padding. Returns the WINDOW_UPDATE to be sent, where it is time. */
  received(part: Buffer, length: number): Buffer | undefined {
    this.#body ??= new AnswerBody(this.id);
    return this.#body.take(part, length);
  }

  /** Whatever comes later is of no interest; an answer that came counts, however its body ended. */
  end(errorCode: number): void {
    const onEnd = this.#onEnd;
    this.#onEnd = undefined;
    onEnd?.({ answer: this.#answer(), errorCode });
  }

  /** Nothing of it was written, nor will be. */
  refuse(refusal: string): void {
    const onEnd = this.#onEnd;
    this.#onEnd = undefined;
    onEnd?.({ answer: undefined, errorCode: errorCodes.refusedStream, refusal });
  }

  #answer(): Answer | undefined {
    return this.#headers === undefined ? undefined : { headers: this.#headers, body: this.#body?.toString() ?? '' };
  }
}
