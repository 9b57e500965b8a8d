/** Octets of a frame's header (RFC 9113 §4.1). */
export const frameHeaderLength = 9;
/** What we and every peer take at least; ours is never announced as more (RFC 9113 §6.5.2). */
export const usualMaxFrameSize = 16_384;
export const highestMaxFrameSize = 2 ** 24 - 1;
/** Of a connection and of each stream, before anybody says otherwise (RFC 9113 §6.9.2). */
export const usualWindow = 65_535;
export const highestWindow = 2 ** 31 - 1;
export const highestStreamId = 2 ** 31 - 1;

/** RFC 9113 §6. */
export const frameTypes = {
  data: 0x0,
  headers: 0x1,
  priority: 0x2,
  rstStream: 0x3,
  settings: 0x4,
  pushPromise: 0x5,
  ping: 0x6,
  goaway: 0x7,
  windowUpdate: 0x8,
  continuation: 0x9,
} as const;

/** RFC 9113 §6; `ack` and `endStream` are the same bit, of different frames. */
export const flags = { ack: 0x1, endStream: 0x1, endHeaders: 0x4, padded: 0x8, priority: 0x20 } as const;

/** RFC 9113 §7: those that we send or tell apart. */
export const errorCodes = {
  noError: 0x0,
  protocolError: 0x1,
  flowControlError: 0x3,
  frameSizeError: 0x6,
  refusedStream: 0x7,
  cancel: 0x8,
  compressionError: 0x9,
  enhanceYourCalm: 0xb,
} as const;

/** Ends a connection, with a GOAWAY of this code. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  readonly errorCode: number;

  constructor(errorCode: number, message: string) {
    super(message);
    this.errorCode = errorCode;
  }
}

/** Writes the header of a frame and returns the offset behind it. */
export function writeFrameHeader(target: Buffer, offset: number, length: number, type: number, flag: number, streamId: number): number {
  target.writeUIntBE(length, offset, 3);
  target[offset + 3] = type;
  target[offset + 4] = flag;
  return target.writeUInt32BE(streamId, offset + 5);
}

/** A whole frame with a payload of one or two numbers of 32 bits (RST_STREAM, WINDOW_UPDATE, GOAWAY). */
export function buildFrame(type: number, streamId: number, ...payload: readonly number[]): Buffer {
  const frame = Buffer.allocUnsafe(frameHeaderLength + 4 * payload.length);
  let offset = writeFrameHeader(frame, 0, 4 * payload.length, type, 0, streamId);
  for (const value of payload) offset = frame.writeUInt32BE(value, offset);
  return frame;
}

/** A frame that carries what came, or nothing, as an acknowledgement (SETTINGS, PING) or as it is. */
export function copyFrame(type: number, flag: number, payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(frameHeaderLength + payload.length);
  frame.set(payload, writeFrameHeader(frame, 0, payload.length, type, flag, 0));
  return frame;
}
