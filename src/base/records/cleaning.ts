import { addressOf, offsetOf, type Chunks } from './chunks.ts';
import { sizeAt, slotAt } from './record.ts';
import type { Slots } from './slots.ts';

/**
 * Where much is dead: moves what is live in the chunk in which most is dead, so that its memory can be used again. One chunk at most, which is
 * a quarter of a megabyte. The slots are told where their records are then.
 */
export function cleanDirtiest(chunks: Chunks, slots: Slots): void {
  const number = chunks.chooseDirty();
  if (number === undefined) return;
  const first = addressOf(number);
  const chunk = chunks.at(first);
  for (let address = first, left = chunk.live; left > 0;) {
    const size = sizeAt(chunks, address);
    const slot = slotAt(chunks, address);
    if (slots.addressOf(slot) === address) {
      left -= size;
      const to = chunks.allot(size);
      chunks.at(to).words.set(chunk.words.subarray(offsetOf(address), offsetOf(address) + size), offsetOf(to));
      slots.setAddress(slot, to);
      chunks.free(address, size);
    }
    address += size;
  }
}
