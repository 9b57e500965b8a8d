import { hash, sample, type Arbitrary } from 'fast-check';

/** Inputs drawn at a time: a hundred thousand at once would fill the memory. */
const batchSize = 250;

/** An input, and where it was drawn: `draw` finds it again by seed and index. */
export interface Drawn {
  readonly input: unknown;
  readonly seed: number;
  readonly index: number;
}

/** So many inputs, the same ones for the same seed and name. */
export function* draw(inputs: Arbitrary<unknown>, name: string, seed: number, count: number): Generator<Drawn, void> {
  for (let start = 0; start < count; start += batchSize) {
    const batchSeed = hash(`${seed} ${name} ${start}`) | 0;
    const batch = sample(inputs, { seed: batchSeed, numRuns: Math.min(batchSize, count - start) });
    for (const [index, input] of batch.entries()) yield { input, seed: batchSeed, index };
  }
}
