/** No slot, no address. All numbers here have 32 bits and a sign: V8 keeps those without memory of their own. */
export const none = -1;

export const bytesPerWord = 4;

/** Words that hold so many bytes. */
export function wordsFor(bytes: number): number {
  return (bytes + bytesPerWord - 1) >>> 2;
}

/** The same in a larger array. */
export function enlarge(words: Int32Array, capacity: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(capacity);
  larger.set(words);
  return larger;
}
