import { enlarge, none } from './words.ts';

const hash = 0;
const address = 1;
const older = 2;
const newer = 3;
/** Four words: a power of two, so that a slot lies in one line of the processor's cache. */
const wordsPerSlot = 4;

/** What is known of each record, by the number of its slot: side by side, so that one look into memory brings all of it. */
export class Slots {
  #words = new Int32Array(0);

  /** How many slots there are. */
  get capacity(): number {
    return this.#words.length / wordsPerSlot;
  }

  enlarge(capacity: number): void {
    this.#words = enlarge(this.#words, capacity * wordsPerSlot);
  }

  /** Of the key. */
  hashOf(slot: number): number {
    return this.#words[slot * wordsPerSlot + hash] ?? 0;
  }

  setHash(slot: number, value: number): void {
    this.#words[slot * wordsPerSlot + hash] = value;
  }

  /** Where the record is; `none` where the slot is free. */
  addressOf(slot: number): number {
    return this.#words[slot * wordsPerSlot + address] ?? none;
  }

  setAddress(slot: number, value: number): void {
    this.#words[slot * wordsPerSlot + address] = value;
  }

  /** The slot used last before this one, or `none`. */
  olderThan(slot: number): number {
    return this.#words[slot * wordsPerSlot + older] ?? none;
  }

  setOlder(slot: number, value: number): void {
    this.#words[slot * wordsPerSlot + older] = value;
  }

  /** The slot used first after this one, or `none`. */
  newerThan(slot: number): number {
    return this.#words[slot * wordsPerSlot + newer] ?? none;
  }

  setNewer(slot: number, value: number): void {
    this.#words[slot * wordsPerSlot + newer] = value;
  }
}
