import { frameHeaderLength, writeFrameHeader } from './frames.ts';

const firstSize = 4 * 1024;

/** Frames that go to the socket in one write. The bytes are its own and used again: nobody clears it before the socket has taken them. */
export class Batch {
  length = 0;
  #bytes = Buffer.allocUnsafeSlow(firstSize);

  /** What was put into it. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.length);
  }

  clear(): void {
    this.length = 0;
  }

  append(frame: Uint8Array): void {
    this.#reserve(frame.length);
    this.#bytes.set(frame, this.length);
    this.length += frame.length;
  }

  /** A frame whose payload `write` puts at an offset, returning the one behind it; `longest` bounds its length. */
  appendFrame(type: number, flag: number, streamId: number, longest: number, write: (target: Buffer, offset: number) => number): void {
    this.#reserve(frameHeaderLength + longest);
    const start = this.length + frameHeaderLength;
    const end = write(this.#bytes, start);
    writeFrameHeader(this.#bytes, this.length, end - start, type, flag, streamId);
    this.length = end;
  }

  #reserve(length: number): void {
    const needed = this.length + length;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length));
    this.#bytes.copy(larger, 0, 0, this.length);
    this.#bytes = larger;
  }
}
