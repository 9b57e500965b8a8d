import { addressOf, offsetOf, type Chunks } from './chunks.ts';
import { sizeAt, slotAt } from './record.ts';

/**
 * Where much is dead: moves what is live in the chunk in which most is dead, so that its memory can be used again. One chunk at most, which is
 * a quarter of a megabyte. `addresses` are those of the slots, and are kept right.
 */
export function cleanDirtiest(chunks: Chunks, addresses: Int32Array): void {
  const number = chunks.chooseDirty();
  if (number === undefined) return;
  const first = addressOf(number);
  const chunk = chunks.at(first);
  for (let address = first, left = chunk.live; left > 0;) {
    const size = sizeAt(chunks, address);
    const slot = slotAt(chunks, address);
    if (addresses[slot] === address) {
      left -= size;
      const to = chunks.allot(size);
      chunks.at(to).words.set(chunk.words.subarray(offsetOf(address), offsetOf(address) + size), offsetOf(to));
      addresses[slot] = to;
      chunks.free(address, size);
    }
    address += size;
  }
}
