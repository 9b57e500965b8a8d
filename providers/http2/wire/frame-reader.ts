import { ConnectionError, errorCodes, frameHeaderLength, usualMaxFrameSize } from './frames.ts';

/** A frame as it came; `payload` is of use during the call only. */
export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Buffer;
}

/** Cuts what a socket gives into frames. Holds no more than one frame of the size that everybody has to take. */
export class FrameReader {
  #rest: Buffer | undefined;

  /** Calls `take` with each frame that is complete; throws ConnectionError for one that is too long, and what `take` throws. */
  read(chunk: Buffer, take: (frame: Frame) => void): void {
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    let offset = 0;
    while (bytes.length - offset >= frameHeaderLength) {
      const length = bytes.readUIntBE(offset, 3);
      if (length > usualMaxFrameSize) throw new ConnectionError(errorCodes.frameSizeError, `a frame of ${length} bytes`);
      const end = offset + frameHeaderLength + length;
      if (end > bytes.length) break;
      take(readFrame(bytes, offset, end));
      offset = end;
    }
    this.#rest = offset === bytes.length ? undefined : bytes.subarray(offset);
  }
}

function readFrame(bytes: Buffer, offset: number, end: number): Frame {
  return {
    type: bytes.readUInt8(offset + 3),
    flags: bytes.readUInt8(offset + 4),
    // The highest bit is reserved.
    streamId: bytes.readUInt32BE(offset + 5) & 0x7fffffff,
    payload: bytes.subarray(offset + frameHeaderLength, end),
  };
}
