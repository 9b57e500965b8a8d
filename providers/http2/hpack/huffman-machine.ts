import { endOfString } from './huffman-lengths.ts';
import { buildTree } from './huffman-tree.ts';

/** In a step: a symbol ends in this half octet, or the one that no string may hold. */
export const isComplete = 0x200;
export const isForbidden = 0x400;
/** The rest of a step: the node after it, and the symbol. */
export const nodeBits = 0x1ff;
export const symbolShift = 16;

/** Padding is shorter than an octet (RFC 7541 §5.2). */
const longestPadding = 7;

/** Walks through the Huffman code four bits at a time: no code is that short, so at most one symbol ends in a step. */
export class HuffmanMachine {
  #tree = buildTree();
  /** By node and half octet, as far as they were needed; 0 else, for no step leads back to the root without a symbol. */
  readonly steps = new Int32Array((this.#tree.length / 2) * 16);
  /** 1 for a node in which a string may end: the bits behind its last symbol are those of the end of the string (§5.2). */
  readonly isEnd = new Uint8Array(this.#tree.length / 2);

  constructor() {
    for (let bits = 0, node = 0; bits <= longestPadding; bits += 1, node = this.#tree[2 * node + 1] ?? 0) this.isEnd[node] = 1;
  }

  /** Finds a step that was not needed before. */
  learn(place: number): number {
    let node = place >> 4;
    let found = 0;
    for (let bit = 3; bit >= 0; bit -= 1) {
      const child = this.#tree[2 * node + ((place >> bit) & 1)] ?? 0;
      if (child < 0) found = describeSymbol(~child);
      node = Math.max(0, child);
    }
    return (this.steps[place] = node | found);
  }
}

function describeSymbol(symbol: number): number {
  return symbol === endOfString ? isForbidden : isComplete | (symbol << symbolShift);
}
