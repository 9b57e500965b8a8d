import { BlockReader } from './block-reader.ts';
import { DynamicTable } from './dynamic-table.ts';
import { defaultTableSize, firstDynamicIndex, HpackError, sizeOf, type HeaderField } from './hpack.ts';
import { staticTable } from './static-table.ts';

export interface DecoderLimits {
  /** Most octets of one header list, each field with 32 more (RFC 9113 §6.5.2). */
  readonly longest: number;
  /** Our SETTINGS_HEADER_TABLE_SIZE: the default, or less. */
  readonly tableSize?: number;
}

/** Reads the header lists of one connection (RFC 7541 §3). A block that it does not take is the end of the connection. */
export class HeaderDecoder {
  #reader = new BlockReader();
  #table: DynamicTable<HeaderField>;
  #tableSize: number;
  #longest: number;
  /** What the list under way may still hold. */
  #left = 0;
  #headers: string[] = [];
  #isBroken = false;

  constructor({ longest, tableSize = defaultTableSize }: DecoderLimits) {
    this.#longest = longest;
    this.#table = new DynamicTable(tableSize);
    this.#tableSize = this.#table.limit;
  }

  /** Names and values in turn, as the peer sent them. Throws an HpackError on a block that is wrong, and on all after it. */
  decode(block: Buffer): readonly string[] {
    if (this.#isBroken) throw new HpackError('A header block before this one was wrong');
    this.#isBroken = true;
    const headers = this.#begin(block);
    while (this.#reader.hasMore) this.#read(this.#reader.octet());
    this.#reader.close();
    this.#isBroken = false;
    return headers;
  }

  #begin(block: Buffer): readonly string[] {
    this.#reader.open(block);
    this.#left = this.#longest;
    this.#headers = [];
    return this.#headers;
  }

  /** RFC 7541 §6: the first bits of a field's first octet tell its form. */
  #read(octet: number): void {
    if (octet >= 0x80) this.#readIndexed(octet);
    else if (octet >= 0x40) this.#readInserted(octet);
    else if (octet >= 0x20) this.#readLimit(octet);
    else this.#readLiteral(octet);
  }

  #readIndexed(octet: number): void {
    const { name, value, size } = this.#fieldAt(this.#reader.integer(octet, 127));
    this.#add(name, value, size);
  }

  #readInserted(octet: number): void {
    const name = this.#readName(octet, 63);
    const value = this.#reader.string();
    const size = sizeOf(name, value);
    this.#add(name, value, size);
    this.#table.insert({ name, value, size });
  }

  #readLiteral(octet: number): void {
    const name = this.#readName(octet, 15);
    const value = this.#reader.string();
    this.#add(name, value, sizeOf(name, value));
  }

  #readLimit(octet: number): void {
    if (this.#headers.length > 0) throw new HpackError('A table size update follows a header');
    const limit = this.#reader.integer(octet, 31);
    if (limit > this.#tableSize) throw new HpackError('A table size update exceeds what was allowed');
    this.#table.resize(limit);
  }

  #readName(octet: number, most: number): string {
    const index = this.#reader.integer(octet, most);
    return index === 0 ? this.#reader.string() : this.#fieldAt(index).name;
  }

  /** RFC 7541 §2.3.3. */
  #fieldAt(index: number): HeaderField {
    const field = index < firstDynamicIndex ? staticTable[index - 1] : this.#table.at(index - firstDynamicIndex);
    if (field === undefined) throw new HpackError('An index of a header block leads nowhere');
    return field;
  }

  #add(name: string, value: string, size: number): void {
    this.#left -= size;
    if (this.#left < 0) throw new HpackError('A header list is too large');
    this.#headers.push(name, value);
  }
}
