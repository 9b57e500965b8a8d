import { defaultTableSize } from './hpack.ts';

/** A power of two: no entry is smaller than 32 octets. */
const mostEntries = defaultTableSize / 32;

/**
 * The dynamic table (RFC 7541 §2.3.2, §4): first in, first out. Encoder and decoder agree on what it holds only as long as
 * both evict by these very rules.
 */
export class DynamicTable<Entry extends { readonly size: number }> {
  #entries = new Array<Entry | undefined>(mostEntries);
  #inserted = 0;
  #count = 0;
  #size = 0;
  #limit: number;
  #onEvicted: (entry: Entry) => void;

  constructor(limit: number, onEvicted: (entry: Entry) => void = () => undefined) {
    this.#limit = Math.min(limit, defaultTableSize);
    this.#onEvicted = onEvicted;
  }

  /** Its maximum size in octets. */
  get limit(): number {
    return this.#limit;
  }

  /** How many entries were ever inserted; the newest is as many minus one. */
  get inserted(): number {
    return this.#inserted;
  }

  /** The newest entry stands at 0. */
  at(place: number): Entry | undefined {
    return place < this.#count ? this.#entries[this.#slot(this.#inserted - 1 - place)] : undefined;
  }

  /** An entry larger than the table only empties it (§4.4). */
  insert(entry: Entry): void {
    this.#shrink(Math.max(0, this.#limit - entry.size));
    if (entry.size > this.#limit) return;
    this.#entries[this.#slot(this.#inserted)] = entry;
    this.#inserted += 1;
    this.#count += 1;
    this.#size += entry.size;
  }

  /** §4.3. */
  resize(limit: number): void {
    this.#limit = limit;
    this.#shrink(limit);
  }

  #shrink(size: number): void {
    for (let entry = this.#oldest; entry !== undefined && this.#size > size; entry = this.#oldest) this.#evict(entry);
  }

  get #oldest(): Entry | undefined {
    return this.#entries[this.#slot(this.#inserted - this.#count)];
  }

  #evict(entry: Entry): void {
    this.#entries[this.#slot(this.#inserted - this.#count)] = undefined;
    this.#count -= 1;
    this.#size -= entry.size;
    this.#onEvicted(entry);
  }

  #slot(sequence: number): number {
    return sequence % mostEntries;
  }
}
