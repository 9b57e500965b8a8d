import type { Slots } from './slots.ts';
import { none } from './words.ts';

const leastPlaces = 16;
/** Of the places; the more are taken, the longer a search. */
const mostTaken = 0.8;

/**
 * Which slots have which hash: open addressing, the next place where one is taken. Whatever is removed leaves no mark, those behind it move
 * up. Places have a slot's number plus one, zero where they are free.
 */
export class HashIndex {
  #places = new Int32Array(leastPlaces);
  #size = 0;
  readonly #slots: Slots;
  readonly #isSought: (slot: number) => boolean;

  /** `isSought` says of a slot with the right hash whether it is the right one. */
  constructor(slots: Slots, isSought: (slot: number) => boolean) {
    this.#slots = slots;
    this.#isSought = isSought;
  }

  /** The slot that has this hash and is sought, or `none`. */
  find(hash: number): number {
    const places = this.#places;
    const mask = places.length - 1;
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const slot = (places[place] ?? 0) - 1;
      if (slot < 0) return none;
      if (this.#slots.hashOf(slot) === hash && this.#isSought(slot)) return slot;
    }
  }

  /** The slot is not in it. */
  add(hash: number, slot: number): void {
    this.#size += 1;
    if (this.#size > this.#places.length * mostTaken) this.#grow();
    this.#slots.setHash(slot, hash);
    this.#put(slot);
  }

  /** The slot is in it. */
  remove(slot: number): void {
    const places = this.#places;
    const mask = places.length - 1;
    let hole = this.#homeOf(slot);
    while (places[hole] !== slot + 1) hole = (hole + 1) & mask;
    for (let place = (hole + 1) & mask; ; place = (place + 1) & mask) {
      const next = (places[place] ?? 0) - 1;
      if (next < 0) break;
      const awayFromHome = (place - this.#homeOf(next)) & mask;
      if (awayFromHome < ((place - hole) & mask)) continue;
      places[hole] = next + 1;
      hole = place;
    }
    places[hole] = 0;
    this.#size -= 1;
  }

  #grow(): void {
    const former = this.#places;
    this.#places = new Int32Array(former.length * 2);
    for (const place of former) if (place !== 0) this.#put(place - 1);
  }

  #put(slot: number): void {
    const places = this.#places;
    const mask = places.length - 1;
    let place = this.#homeOf(slot);
    while (places[place] !== 0) place = (place + 1) & mask;
    places[place] = slot + 1;
  }

  #homeOf(slot: number): number {
    return this.#slots.hashOf(slot) & (this.#places.length - 1);
  }
}
