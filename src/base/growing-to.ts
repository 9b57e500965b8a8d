/**
 * Options of an `LRUCache` for at most `most` entries, the one unused longest gives way. It grows with what it holds: with the
 * library's `max` it takes the room for all of them at its start, a hundred bytes each for entries that may never come.
 */
export function growingTo(most: number): { readonly maxSize: number; readonly sizeCalculation: () => number } {
  return { maxSize: most, sizeCalculation: sizeOfOne };
}

const sizeOfOne = (): number => 1;
