/** The socket's side of a writer. */
export interface Sink {
  /** Settles when the kernel has taken the text; rejects when it can't. */
  write(text: string): Promise<void>;
  /** Bytes written but not taken by the kernel yet. */
  backlog(): number;
}

/**
 * Joins what is written within one turn of the event loop into one system call, and says when the peer no longer reads.
 * Knows text only; what goes in has passed `serialise`.
 */
export class Writer {
  readonly #sink: Sink;
  readonly #onTrouble: (error: unknown) => void;
  #pending: string[] = [];
  #flushing: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(sink: Sink, onTrouble: (error: unknown) => void) {
    this.#sink = sink;
    this.#onTrouble = onTrouble;
  }

  write(text: string): void {
    if (this.#isClosed) return;
    if (this.#pending.push(text) === 1) setImmediate(() => this.#flush());
  }

  /** Bytes handed over that the peer has not taken; what waits for this turn's end is not counted. */
  get backlog(): number {
    return this.#sink.backlog();
  }

  /** Takes nothing more; settles when all was handed to the kernel, or the socket failed. */
  close(): Promise<void> {
    this.#flush();
    this.#isClosed = true;
    return this.#flushing;
  }

  #flush(): void {
    if (this.#pending.length === 0 || this.#isClosed) return;
    const text = this.#pending.join('');
    this.#pending = [];
    this.#flushing = this.#sink.write(text).catch((error: unknown) => this.#onTrouble(error));
  }
}
