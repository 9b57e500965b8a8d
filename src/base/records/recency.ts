import { enlarge, none } from './words.ts';

/** Slots in the order of their last use, as a list linked both ways; those that are free are linked one way. */
export class Recency {
  #older = new Int32Array(0);
  #newer = new Int32Array(0);
  #oldest = none;
  #newest = none;
  #free = none;
  #taken = 0;

  /** The slot unused longest; `none` where none is in use. */
  get oldest(): number {
    return this.#oldest;
  }

  /** How many slots there are room for. */
  get capacity(): number {
    return this.#newer.length;
  }

  /** A free slot, the one used last from now on; `none` where there is no room. */
  take(): number {
    const slot = this.#takeFree();
    if (slot !== none) this.#append(slot);
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
    this.#newer[slot] = this.#free;
    this.#free = slot;
  }

  enlarge(capacity: number): void {
    this.#older = enlarge(this.#older, capacity);
    this.#newer = enlarge(this.#newer, capacity);
  }

  #takeFree(): number {
    const slot = this.#free;
    if (slot !== none) {
      this.#free = this.#newer[slot] ?? none;
      return slot;
    }
    if (this.#taken === this.capacity) return none;
    this.#taken += 1;
    return this.#taken - 1;
  }

  #append(slot: number): void {
    this.#older[slot] = this.#newest;
    this.#newer[slot] = none;
    if (this.#newest === none) this.#oldest = slot;
    else this.#newer[this.#newest] = slot;
    this.#newest = slot;
  }

  #unlink(slot: number): void {
    const older = this.#older[slot] ?? none;
    const newer = this.#newer[slot] ?? none;
    if (older === none) this.#oldest = newer;
    else this.#newer[older] = newer;
    if (newer === none) this.#newest = older;
    else this.#older[newer] = older;
  }
}
