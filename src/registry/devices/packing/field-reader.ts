const sevenBits = 0x7f;
const more = 0x80;

/** Reads what {@link FieldWriter} wrote, in the same order. One reader for all: reading leaves no garbage but what was read. */
export class FieldReader {
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;

  /** Goes to where something begins. */
  moveTo(bytes: Buffer, start: number): void {
    this.#bytes = bytes;
    this.#at = start;
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
    return this.#bytes.toString((head & 1) === 1 ? 'hex' : 'utf8', start, this.#at);
  }

  time(): Date {
    const start = this.#at;
    this.#at += 8;
    return new Date(this.#bytes.readDoubleLE(start));
  }
}
