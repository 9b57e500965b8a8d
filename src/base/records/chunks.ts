import { bytesPerWord } from './words.ts';

/** A stretch of memory outside of V8's heap that is filled from its beginning to its end. Numbers are words. */
export interface Chunk {
  readonly bytes: Buffer;
  /** The same memory. */
  readonly words: Int32Array;
  /** Where the next record begins. */
  end: number;
  /** In records that still count. */
  live: number;
}

/** An address is the number of its chunk, and in the lower 16 bits the word in it. */
const offsetBits = 16;
const offsetMask = 0xffff;
const mostWords = offsetMask + 1;
const mostChunks = 0x7fff;
const leastWords = 4096;

/** The longest record: a quarter of a chunk, so that no more than that is left over at the end of one. */
export const longestRecord = mostWords / 4;

/** How much of what closed chunks hold may be dead before it is worth cleaning one. */
const mostDead = 1 / 4;

/**
 * Memory for records, in chunks that are small at first. A chunk without a live record is used again or given back; the one in which most
 * is dead is named when it should be cleaned. Of what there is no more than a third as much as is live is dead for long, a few chunks apart.
 */
export class Chunks {
  readonly #chunks: (Chunk | undefined)[] = [];
  #current: number | undefined;
  /** One that is empty, kept for the next time. */
  #spare: Chunk | undefined;
  #words = 0;
  /** Of the chunks that are filled. */
  #closedEnd = 0;
  #closedLive = 0;

  /** Bytes of all chunks. */
  get bytes(): number {
    return (this.#words + (this.#spare?.words.length ?? 0)) * bytesPerWord;
  }

  /** Room for a record of so many words, at most `longestRecord`. */
  allot(words: number): number {
    let number = this.#current;
    let chunk = number === undefined ? undefined : this.#chunks[number];
    if (number === undefined || chunk === undefined || chunk.end + words > chunk.words.length) {
      this.#close();
      chunk = this.#takeEmpty(words);
      number = this.#number(chunk);
    }
    const address = addressOf(number) + chunk.end;
    chunk.end += words;
    chunk.live += words;
    return address;
  }

  /** The record there counts no more. */
  free(address: number, words: number): void {
    const number = address >>> offsetBits;
    const chunk = this.at(address);
    chunk.live -= words;
    if (number === this.#current) return;
    this.#closedLive -= words;
    if (chunk.live === 0) this.#release(number, chunk);
  }

  at(address: number): Chunk {
    const chunk = this.#chunks[address >>> offsetBits];
    if (chunk === undefined) throw new RangeError('no chunk has this address');
    return chunk;
  }

  /** The number of the filled chunk in which most is dead, where so much is dead that it should be cleaned; else undefined. */
  chooseDirty(): number | undefined {
    if (this.#closedEnd - this.#closedLive <= this.#closedEnd * mostDead) return undefined;
    let [dirtiest, most]: [number | undefined, number] = [undefined, 0];
    for (const [number, chunk] of this.#chunks.entries()) {
      if (chunk === undefined || number === this.#current || chunk.end - chunk.live <= most) continue;
      [dirtiest, most] = [number, chunk.end - chunk.live];
    }
    return dirtiest;
  }

  /** From here on the current one counts as filled. */
  #close(): void {
    const number = this.#current;
    const chunk = number === undefined ? undefined : this.#chunks[number];
    if (number === undefined || chunk === undefined) return;
    this.#current = undefined;
    this.#closedEnd += chunk.end;
    this.#closedLive += chunk.live;
    if (chunk.live === 0) this.#release(number, chunk);
  }

  #release(number: number, chunk: Chunk): void {
    this.#closedEnd -= chunk.end;
    this.#words -= chunk.words.length;
    this.#chunks[number] = undefined;
    chunk.end = 0;
    if ((this.#spare?.words.length ?? 0) < chunk.words.length) this.#spare = chunk;
  }

  #takeEmpty(words: number): Chunk {
    const spare = this.#spare;
    if (spare === undefined || spare.words.length < words)
      return createChunk(Math.max(words, Math.min(mostWords, Math.max(leastWords, this.#words))));
    this.#spare = undefined;
    return spare;
  }

  #number(chunk: Chunk): number {
    const free = this.#chunks.indexOf(undefined);
    const number = free === -1 ? this.#chunks.length : free;
    if (number >= mostChunks) throw new RangeError('no more chunks can be told apart');
    this.#chunks[number] = chunk;
    this.#words += chunk.words.length;
    this.#current = number;
    return number;
  }
}

/** Where a chunk begins. */
export function addressOf(number: number): number {
  return number << offsetBits;
}

/** Where in its chunk an address is. */
export function offsetOf(address: number): number {
  return address & offsetMask;
}

function createChunk(length: number): Chunk {
  const bytes = Buffer.allocUnsafeSlow(length * bytesPerWord);
  return { bytes, words: new Int32Array(bytes.buffer), end: 0, live: 0 };
}
