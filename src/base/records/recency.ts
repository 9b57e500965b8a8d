import type { Slots } from './slots.ts';
import { none } from './words.ts';

/** Slots in the order of their last use, as a list linked both ways; those that are free are linked one way. */
export class Recency {
  readonly #slots: Slots;
  #oldest = none;
  #newest = none;
  #free = none;
  /** How many were ever taken. */
  #taken = 0;

  constructor(slots: Slots) {
    this.#slots = slots;
  }

  /** The slot unused longest; `none` where none is in use. */
  get oldest(): number {
    return this.#oldest;
  }

  /** A free slot, of which there must be one: the one used last from now on. */
  take(): number {
    const slot = this.#takeFree();
    this.#append(slot);
    return slot;
  }

  /** The slot was used just now. */
  use(slot: number): void {
    if (slot === this.#newest) return;
    this.#unlink(slot);
    this.#append(slot);
  }

  /** The slot is free. */
  release(slot: number): void {
    this.#unlink(slot);
    this.#slots.setNewer(slot, this.#free);
    this.#free = slot;
  }

  #takeFree(): number {
    const slot = this.#free;
    if (slot === none) return this.#taken++;
    this.#free = this.#slots.newerThan(slot);
    return slot;
  }

  #append(slot: number): void {
    const newest = this.#newest;
    this.#slots.setOlder(slot, newest);
    this.#slots.setNewer(slot, none);
    if (newest === none) this.#oldest = slot;
    else this.#slots.setNewer(newest, slot);
    this.#newest = slot;
  }

  #unlink(slot: number): void {
    const older = this.#slots.olderThan(slot);
    const newer = this.#slots.newerThan(slot);
    if (older === none) this.#oldest = newer;
    else this.#slots.setNewer(older, newer);
    if (newer === none) this.#newest = older;
    else this.#slots.setOlder(newer, older);
  }
}
