import { DynamicTable } from './dynamic-table.ts';
import { FieldName, type Entry } from './field-name.ts';
import { checkName, checkValue } from './header-syntax.ts';
import { defaultTableSize, firstDynamicIndex, sizeOf } from './hpack.ts';
import { writeInteger, writeString } from './write.ts';

/** Names come from our code, a few dozen at most; one beyond is sent as it is each time. */
const mostNames = 100;

/**
 * Writes the header lists of one connection (RFC 7541 §6). What comes again is in the dynamic table; what differs from push
 * to push never is.
 */
export class HeaderEncoder {
  #names = new Map<string, FieldName>();
  #table = new DynamicTable<Entry>(defaultTableSize, (entry) => entry.name.leave(entry));
  /** The smallest limit since the last block, where it changed. */
  #smallest: number | undefined;

  /** No block of these headers is longer, in octets. */
  static longest(headers: readonly string[]): number {
    let octets = 16;
    for (const text of headers) octets += text.length + 8;
    return octets;
  }

  /** The peer's SETTINGS_HEADER_TABLE_SIZE; the next block tells it what is used of it (RFC 7541 §4.2). */
  limitTable(bytes: number): void {
    const limit = Math.min(bytes, defaultTableSize);
    if (limit === this.#table.limit) return;
    this.#smallest = Math.min(this.#smallest ?? limit, limit);
    this.#table.resize(limit);
  }

  /**
   * Writes names and values in turn, for which there must be room, and returns where the block ends. Throws a TypeError on
   * what no header may be; such a block must not be sent, and the next one is right again.
   */
  encode(headers: readonly string[], target: Buffer, offset: number): number {
    try {
      return this.#writeBlock(headers, target, offset);
    } catch (error) {
      this.#empty();
      throw error;
    }
  }

  #writeBlock(headers: readonly string[], target: Buffer, offset: number): number {
    let end = this.#smallest === undefined ? offset : this.#writeLimit(this.#smallest, target, offset);
    for (let place = 0; place < headers.length; place += 2) {
      const name = headers[place];
      const value = headers[place + 1];
      if (name === undefined || value === undefined) throw new TypeError('A header list is names and values in turn');
      end = this.#writeField(this.#names.get(name) ?? this.#learn(name, place), value, target, end);
    }
    if (end > target.length) throw new RangeError('No room for a header block');
    return end;
  }

  #writeLimit(smallest: number, target: Buffer, at: number): number {
    const { limit } = this.#table;
    const begin = smallest < limit ? writeInteger(target, at, 0x20, 31, smallest) : at;
    this.#smallest = undefined;
    return writeInteger(target, begin, 0x20, 31, limit);
  }

  #writeField(name: FieldName, value: string, target: Buffer, at: number): number {
    for (const known of name.statics) if (known.value === value) return writeInteger(target, at, 0x80, 127, known.index);
    if (!name.isInserted) return this.#writeLiteral(name, value, target, at);
    const size = sizeOf(name.text, value);
    name.earn(size);
    const entry = name.entries.get(value);
    if (entry !== undefined) return writeInteger(target, at, 0x80, 127, this.#indexOf(entry));
    if (size <= this.#table.limit && name.affords(size)) return this.#writeInserted(name, value, size, target, at);
    return this.#writeLiteral(name, value, target, at);
  }

  /** RFC 7541 §6.2.2. */
  #writeLiteral(name: FieldName, value: string, target: Buffer, at: number): number {
    checkValue(name.text, value);
    return writeString(target, this.#writeName(name, target, at, 0x00, 15), value);
  }

  /** RFC 7541 §6.2.1. */
  #writeInserted(name: FieldName, value: string, size: number, target: Buffer, at: number): number {
    checkValue(name.text, value);
    // The index of the name counts before the insertion.
    const end = writeString(target, this.#writeName(name, target, at, 0x40, 63), value);
    const entry = { name, value, size, sequence: this.#table.inserted };
    this.#table.insert(entry);
    name.enter(entry);
    return end;
  }

  #writeName(name: FieldName, target: Buffer, at: number, pattern: number, most: number): number {
    const { newest } = name;
    const index = name.index === 0 && newest !== undefined ? this.#indexOf(newest) : name.index;
    const begin = writeInteger(target, at, pattern, most, index);
    return index === 0 ? writeString(target, begin, name.text) : begin;
  }

  #indexOf(entry: Entry): number {
    return firstDynamicIndex + this.#table.inserted - 1 - entry.sequence;
  }

  #learn(text: string, place: number): FieldName {
    checkName(text, place);
    const isRemembered = this.#names.size < mostNames;
    const name = new FieldName(text, isRemembered);
    if (isRemembered) this.#names.set(text, name);
    return name;
  }

  /** The peer will not see what was just inserted, nor any limit: the next block begins with an empty table. */
  #empty(): void {
    const { limit } = this.#table;
    this.#table.resize(0);
    this.#table.resize(limit);
    this.#smallest = 0;
  }
}
