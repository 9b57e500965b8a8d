const hexadecimal = /^(?:[0-9a-f]{2})+$/;
const sevenBits = 0x7f;
const more = 0x80;

/** Writes numbers and texts one behind the other, in few bytes. */
export class FieldWriter {
  readonly #parts: Buffer[] = [];
  #isAscii = true;

  /** Whether all texts so far are, as they are written. */
  get isAscii(): boolean {
    return this.#isAscii;
  }

  /** A whole number from 0 to 2^31-1: seven bits a byte, the lowest first. */
  number(value: number): void {
    const bytes: number[] = [];
    let rest = value;
    for (; rest > sevenBits; rest >>>= 7) bytes.push((rest & sevenBits) | more);
    this.#parts.push(Buffer.from([...bytes, rest]));
  }

  /** Any text that UTF-8 can hold. One of hexadecimal digits, as most tokens are, takes half its length: the lowest bit before it says so. */
  text(value: string): void {
    const isHex = hexadecimal.test(value);
    const bytes = Buffer.from(value, isHex ? 'hex' : 'utf8');
    if (bytes.length > value.length) this.#isAscii = false;
    this.number(bytes.length * 2 + Number(isHex));
    this.#parts.push(bytes);
  }

  time(value: Date): void {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(value.getTime());
    this.#parts.push(bytes);
  }

  finish(): Buffer {
    return Buffer.concat(this.#parts);
  }
}
