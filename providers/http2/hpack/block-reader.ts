import { HpackError } from './hpack.ts';
import { decodeHuffman } from './huffman.ts';

const nothing = Buffer.alloc(0);
/** More is never meant: a table holds 4096, and a string lies in a block that is in memory. */
const largest = 2 ** 31 - 1;
/** Seven bits in each suffice for 2³¹ − 1. */
const mostRest = 5;

/** Integers and strings of one block, in order (RFC 7541 §5). */
export class BlockReader {
  #block: Buffer = nothing;
  #at = 0;

  open(block: Buffer): void {
    this.#block = block;
    this.#at = 0;
  }

  /** Lets go of the memory that the block lies in. */
  close(): void {
    this.#block = nothing;
  }

  get hasMore(): boolean {
    return this.#at < this.#block.length;
  }

  octet(): number {
    const octet = this.#block[this.#at];
    if (octet === undefined) throw new HpackError('A header block ends within a field');
    this.#at += 1;
    return octet;
  }

  /** The integer that begins in the rest of an octet just read; `most` is the greatest that this rest holds (§5.1). */
  integer(octet: number, most: number): number {
    const begin = octet & most;
    return begin < most ? begin : this.#rest(most);
  }

  /** §5.2. */
  string(): string {
    const octet = this.octet();
    const length = this.integer(octet, 127);
    const begin = this.#at;
    const end = begin + length;
    if (end > this.#block.length) throw new HpackError('A header block ends within a string');
    this.#at = end;
    return octet < 128 ? this.#block.toString('latin1', begin, end) : decodeHuffman(this.#block, begin, end);
  }

  #rest(most: number): number {
    let value = most;
    for (let place = 0; place < mostRest; place += 1) {
      const octet = this.octet();
      value += (octet & 127) * 2 ** (7 * place);
      if (octet < 128) return bounded(value);
    }
    throw new HpackError('An integer of a header block is too long');
  }
}

function bounded(value: number): number {
  if (value > largest) throw new HpackError('An integer of a header block is too large');
  return value;
}
