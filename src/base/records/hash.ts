import { randomBytes } from 'node:crypto';

/** A signed number of 32 bits for the first `count` words, and of the number of bytes in them. */
export type HashWords = (words: Int32Array, count: number, length: number) => number;

/**
 * HalfSipHash-1-3 under a seed of its own: whoever chooses keys without knowing the seed can't choose them so that many meet in one place.
 * Of Jean-Philippe Aumasson's and Daniel J. Bernstein's SipHash the form for words of 32 bits.
 */
export function createSeededHash(): HashWords {
  const seed = randomBytes(8);
  const [k0, k1] = [seed.readInt32LE(0), seed.readInt32LE(4)];
  return (words, count, length) => {
    let v0 = k0;
    let v1 = k1;
    let v2 = k0 ^ 0x6c796765;
    let v3 = k1 ^ 0x74656462;
    const last = count + 1;
    for (let round = 0; round < last + 3; round += 1) {
      const word = round < count ? (words[round] ?? 0) : round === count ? length : 0;
      if (round === last) v2 ^= 0xff;
      v3 ^= word;
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
      v0 ^= word;
    }
    return v1 ^ v3;
  };
}
