// Room: bytes under text keys, outside of V8's heap, bounded. In: keys, bytes. Out: the bytes where they lie. May enter: whoever remembers much.
import { Chunks, longestRecord } from './chunks.ts';
import { cleanDirtiest } from './cleaning.ts';
import { createSeededHash, type HashWords } from './hash.ts';
import { HashIndex } from './hash-index.ts';
import { KeyScratch } from './key-scratch.ts';
import { isUnder, MovingView, sizeAt, sizeOf, writeRecord, type RecordView } from './record.ts';
import { Recency } from './recency.ts';
import { enlarge, none } from './words.ts';

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
  readonly #isUnderKey = (slot: number): boolean => isUnder(this.#key, this.#chunks, this.#addressOf(slot));
  #index = new HashIndex(this.#isUnderKey);
  #recency = new Recency();
  #chunks = new Chunks();
  /** Where the record of a slot is; `none` for a slot that is free. */
  #addresses = new Int32Array(0);
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
    return this.#view.moveTo(this.#chunks, this.#addressOf(slot));
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
    writeRecord(this.#chunks, this.#addressOf(slot), slot, this.#key, value);
    cleanDirtiest(this.#chunks, this.#addresses);
    return true;
  }

  /** True where something was under the key. */
  delete(key: string): boolean {
    if (!this.#key.write(key)) return false;
    const slot = this.#index.find(this.#hashOfKey());
    if (slot === none) return false;
    this.#remove(slot);
    cleanDirtiest(this.#chunks, this.#addresses);
    return true;
  }

  /** Forgets everything, and gives back all memory. */
  clear(): void {
    this.#index = new HashIndex(this.#isUnderKey);
    this.#recency = new Recency();
    this.#chunks = new Chunks();
    this.#addresses = new Int32Array(0);
    this.#size = 0;
    this.#view.leave();
  }

  #hashOfKey(): number {
    return this.#hash(this.#key.words, this.#key.count, this.#key.length);
  }

  #addressOf(slot: number): number {
    return this.#addresses[slot] ?? none;
  }

  /** A slot for a key with this hash. */
  #take(hash: number): number {
    if (this.#size === this.#most) this.#remove(this.#recency.oldest);
    if (this.#size === this.#recency.capacity) this.#grow();
    const slot = this.#recency.take();
    this.#addresses[slot] = none;
    this.#index.add(hash, slot);
    this.#size += 1;
    return slot;
  }

  #grow(): void {
    const capacity = Math.min(this.#most, Math.max(leastSlots, this.#recency.capacity * 2));
    this.#index.enlarge(capacity);
    this.#recency.enlarge(capacity);
    this.#addresses = enlarge(this.#addresses, capacity);
  }

  /** Room for a record of so many words: where the former one was, if that was as large. */
  #place(slot: number, size: number): void {
    const former = this.#addressOf(slot);
    const formerSize = former === none ? 0 : sizeAt(this.#chunks, former);
    if (formerSize === size) return;
    if (former !== none) this.#chunks.free(former, formerSize);
    this.#addresses[slot] = this.#chunks.allot(size);
  }

  #remove(slot: number): void {
    const address = this.#addressOf(slot);
    this.#chunks.free(address, sizeAt(this.#chunks, address));
    this.#addresses[slot] = none;
    this.#index.remove(slot);
    this.#recency.release(slot);
    this.#size -= 1;
  }
}
