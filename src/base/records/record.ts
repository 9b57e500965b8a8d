import { offsetOf, type Chunks } from './chunks.ts';
import type { KeyScratch } from './key-scratch.ts';
import { bytesPerWord, wordsFor } from './words.ts';

// A record: a word with its slot, a word with the lengths of key and value (bytes, 16 bits each), the key, the value. Both begin at a word.
const headWords = 2;
const lengthBits = 16;
const lengthMask = 0xffff;

/** Words that a record takes; the lengths are bytes. */
export function sizeOf(keyLength: number, valueLength: number): number {
  return headWords + wordsFor(keyLength) + wordsFor(valueLength);
}

/** Words that the record at this address takes. */
export function sizeAt(chunks: Chunks, address: number): number {
  const lengths = chunks.at(address).words[offsetOf(address) + 1] ?? 0;
  return sizeOf(lengths >>> lengthBits, lengths & lengthMask);
}

/** Whose record it is, or was. */
export function slotAt(chunks: Chunks, address: number): number {
  return chunks.at(address).words[offsetOf(address)] ?? 0;
}

export function isUnder(key: KeyScratch, chunks: Chunks, address: number): boolean {
  const { words } = chunks.at(address);
  const offset = offsetOf(address);
  if ((words[offset + 1] ?? 0) >>> lengthBits !== key.length) return false;
  for (let word = 0; word < key.count; word += 1) if (words[offset + headWords + word] !== key.words[word]) return false;
  return true;
}

/** Writes a record at an address that was allotted for one of its size. */
export function writeRecord(chunks: Chunks, address: number, slot: number, key: KeyScratch, value: Uint8Array): void {
  const { bytes, words } = chunks.at(address);
  const offset = offsetOf(address);
  words[offset] = slot;
  words[offset + 1] = (key.length << lengthBits) | value.length;
  for (let word = 0; word < key.count; word += 1) words[offset + headWords + word] = key.words[word] ?? 0;
  bytes.set(value, (offset + headWords + key.count) * bytesPerWord);
}

/** A record where it lies. */
export interface RecordView {
  /** The chunk, with others. */
  readonly bytes: Buffer;
  /** Where in `bytes` the key begins; it stands before the value, in UTF-8. */
  readonly keyStart: number;
  readonly keyEnd: number;
  /** Where the value begins. */
  readonly start: number;
  /** The byte behind the value. */
  readonly end: number;
}

const nothing = Buffer.alloc(0);

/** One view for every record that is asked for, so that asking leaves no garbage. */
export class MovingView implements RecordView {
  bytes: Buffer = nothing;
  keyStart = 0;
  keyEnd = 0;
  start = 0;
  end = 0;

  moveTo(chunks: Chunks, address: number): this {
    const { bytes, words } = chunks.at(address);
    const offset = offsetOf(address);
    const lengths = words[offset + 1] ?? 0;
    const keyLength = lengths >>> lengthBits;
    this.bytes = bytes;
    this.keyStart = (offset + headWords) * bytesPerWord;
    this.keyEnd = this.keyStart + keyLength;
    this.start = this.keyStart + wordsFor(keyLength) * bytesPerWord;
    this.end = this.start + (lengths & lengthMask);
    return this;
  }

  /** Keeps no chunk from being given back. */
  leave(): void {
    this.bytes = nothing;
  }
}
