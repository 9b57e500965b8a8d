// Room: bytes under text keys, outside of V8's heap, bounded. In: keys, bytes. Out: the bytes where they lie. May enter: whoever remembers much.
import { Chunks, longestRecord } from './chunks.ts';
import { cleanDirtiest } from './cleaning.ts';
import { createSeededHash, type HashWords } from './hash.ts';
import { HashIndex } from './hash-index.ts';
import { KeyScratch } from './key-scratch.ts';
import { isUnder, MovingView, sizeAt, sizeOf, writeRecord, type RecordView } from './record.ts';
import { Recency } from './recency.ts';
import { Slots } from './slots.ts';
import { none } from './words.ts';

const leastSlots = 16;

/**
 * At most `most` records under text keys; the one unused longest gives way. They lie in a few arrays outside of V8's heap, into which its
 * garbage collection does not look, and cost some 30 bytes each besides their own. It grows with what it holds.
 *
 * Keys that are the same in UTF-8 are the same: texts that differ only in lone surrogates are not told apart, as in PostgreSQL.
 */
export class RecordCache {
  readonly #most: number;
  readonly #hash: HashWords;
  readonly #key = new KeyScratch();
  readonly #view = new MovingView();
  readonly #isUnderKey = (slot: number): boolean => isUnder(this.#key, this.#chunks, this.#slots.addressOf(slot));
  #slots = new Slots();
  #index = new HashIndex(this.#slots, this.#isUnderKey);
  #recency = new Recency(this.#slots);
  #chunks = new Chunks();
  #size = 0;

  constructor(most: number, hash: HashWords = createSeededHash()) {
    this.#most = most;
    this.#hash = hash;
  }

  get size(): number {
    return this.#size;
  }

  /** What is held for records; what finds them comes to it, some 21 bytes each. */
  get chunkBytes(): number {
    return this.#chunks.bytes;
  }

  /**
   * The record of a key, which is the one used last from now on. It is the same view each time, and holds until anything else is asked of
   * the cache.
   */
  get(key: string): RecordView | undefined {
    if (!this.#key.write(key)) return undefined;
    const slot = this.#index.find(this.#hashOfKey());
    if (slot === none) return undefined;
    this.#recency.use(slot);
    return this.#view.moveTo(this.#chunks, this.#slots.addressOf(slot));
  }

  /**
   * Remembers a copy of `value`, the one used last from now on. False where the key has more than 1024 characters, or both together more than
   * 64 KB: then nothing is remembered under it.
   */
  set(key: string, value: Uint8Array): boolean {
    if (!this.#key.write(key)) return false;
    const size = sizeOf(this.#key.length, value.length);
    const hash = this.#hashOfKey();
    const found = this.#index.find(hash);
    if (size > longestRecord) {
      if (found !== none) this.#remove(found);
      return false;
    }
    const slot = found === none ? this.#take(hash) : found;
    this.#recency.use(slot);
    this.#place(slot, size);
    writeRecord(this.#chunks, this.#slots.addressOf(slot), slot, this.#key, value);
    cleanDirtiest(this.#chunks, this.#slots);
    return true;
  }

  /** True where something was under the key. */
  delete(key: string): boolean {
    if (!this.#key.write(key)) return false;
    const slot = this.#index.find(this.#hashOfKey());
    if (slot === none) return false;
    this.#remove(slot);
    cleanDirtiest(this.#chunks, this.#slots);
    return true;
  }

  /** Forgets everything, and gives back all memory. */
  clear(): void {
    this.#slots = new Slots();
    this.#index = new HashIndex(this.#slots, this.#isUnderKey);
    this.#recency = new Recency(this.#slots);
    this.#chunks = new Chunks();
    this.#size = 0;
    this.#view.leave();
  }

  #hashOfKey(): number {
    return this.#hash(this.#key.words, this.#key.count, this.#key.length);
  }

  /** A slot for a key with this hash. */
  #take(hash: number): number {
    if (this.#size === this.#most) this.#remove(this.#recency.oldest);
    if (this.#size === this.#slots.capacity) this.#grow();
    const slot = this.#recency.take();
    this.#slots.setAddress(slot, none);
    this.#index.add(hash, slot);
    this.#size += 1;
    return slot;
  }

  #grow(): void {
    this.#slots.enlarge(Math.min(this.#most, Math.max(leastSlots, this.#slots.capacity * 2)));
  }

  /** Room for a record of so many words: where the former one was, if that was as large. */
  #place(slot: number, size: number): void {
    const former = this.#slots.addressOf(slot);
    const formerSize = former === none ? 0 : sizeAt(this.#chunks, former);
    if (formerSize === size) return;
    if (former !== none) this.#chunks.free(former, formerSize);
    this.#slots.setAddress(slot, this.#chunks.allot(size));
  }

  #remove(slot: number): void {
    const address = this.#slots.addressOf(slot);
    this.#chunks.free(address, sizeAt(this.#chunks, address));
    this.#slots.setAddress(slot, none);
    this.#index.remove(slot);
    this.#recency.release(slot);
    this.#size -= 1;
  }
}
