import { createRandom as createNumbers } from '../helpers/mulberry32.ts';

/** The same numbers for the same seed, so that a failure can be seen again. */
export interface Random {
  /** A whole number from 0 to one less than `limit`. */
  below(limit: number): number;
  pick<T>(from: readonly T[]): T;
  bytes(length: number): Buffer;
  text(length: number): string;
}

export function createRandom(seed: number): Random {
  const next = createNumbers(seed);
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    pick: (from) => from[below(from.length)]!,
    bytes: (length) => Buffer.from(Array.from({ length }, () => below(256))),
    text: (length) => Array.from({ length }, () => String.fromCharCode(97 + below(26))).join(''),
  };
}
