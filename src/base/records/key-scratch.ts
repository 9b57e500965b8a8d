import { bytesPerWord, wordsFor } from './words.ts';

/** In UTF-16 units, of which each takes three bytes at most. */
const longestText = 1024;
const scratchBytes = longestText * 3 + bytesPerWord;

/** The key that is asked for at the moment, as bytes: the same ones again for every key, so that asking leaves no garbage. */
export class KeyScratch {
  /** UTF-8, zeros up to the end of the last word. */
  readonly words = new Int32Array(scratchBytes / bytesPerWord);
  readonly #bytes = Buffer.from(this.words.buffer);
  /** Bytes. */
  length = 0;
  /** Words. */
  count = 0;

  /** False for a text that is too long to be a key. */
  write(text: string): boolean {
    if (text.length > longestText) return false;
    this.length = this.#bytes.write(text);
    this.count = wordsFor(this.length);
    for (let byte = this.length; byte < this.count * bytesPerWord; byte += 1) this.#bytes[byte] = 0;
    return true;
  }
}
