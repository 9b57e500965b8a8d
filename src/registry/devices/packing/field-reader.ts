const sevenBits = 0x7f;
const more = 0x80;
/** Bytes. A part of a text keeps the whole in memory (own-text.ts): of a longer record each text is read by itself. */
const longestWhole = 512;

/**
 * Reads what {@link FieldWriter} wrote, in the same order. To make a text of bytes costs some 80 ns however short it is, more than all the rest: so
 * where all texts are ASCII the whole record is made one, of which they are parts.
 */
export class FieldReader {
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  #whole = '';
  #wholeStart = 0;
  #isWhole = false;

  /** Goes to where something begins. */
  moveTo(bytes: Buffer, start: number): void {
    this.#bytes = bytes;
    this.#at = start;
    this.#isWhole = false;
  }

  /** From here on texts are parts of what is between these two, if that is not too long. */
  readWhole(start: number, end: number): void {
    if (end - start > longestWhole) return;
    this.#whole = this.#bytes.toString('latin1', start, end);
    this.#wholeStart = start;
    this.#isWhole = true;
  }

  /** Where the next thing begins. */
  get at(): number {
    return this.#at;
  }

  number(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes[this.#at++] ?? 0;
      value |= (byte & sevenBits) << shift;
      if (byte < more) return value;
    }
  }

  text(): string {
    const head = this.number();
    const start = this.#at;
    this.#at += head >>> 1;
    return (head & 1) === 1 ? this.#bytes.toString('hex', start, this.#at) : this.textBetween(start, this.#at);
  }

  /** A text that is somewhere else. */
  textBetween(start: number, end: number): string {
    if (this.#isWhole) return this.#whole.slice(start - this.#wholeStart, end - this.#wholeStart);
    return this.#bytes.toString('utf8', start, end);
  }

  time(): Date {
    const start = this.#at;
    this.#at += 8;
    return new Date(this.#bytes.readDoubleLE(start));
  }
}
