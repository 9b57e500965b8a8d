/** Frames of HTTP/2 (RFC 9113 §4) and header blocks (RFC 7541) as bytes, right or wrong. */
export const frameType = {
  data: 0,
  headers: 1,
  rst: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;
export const flag = { endStream: 1, ack: 1, endHeaders: 4 } as const;

const headLength = 9;
const longestPayload = 16_384;

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

export function buildFrame({ type, flags, stream, payload }: Frame): Buffer {
  const head = Buffer.alloc(headLength);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type & 255, 3);
  head.writeUInt8(flags & 255, 4);
  head.writeUInt32BE(stream >>> 0, 5);
  return Buffer.concat([head, payload]);
}

/** The first frame of these bytes, with its length; undefined where it has not come whole. */
export function readFrame(bytes: Buffer): { readonly frame: Frame; readonly length: number } | undefined {
  if (bytes.length < headLength) return undefined;
  const length = headLength + bytes.readUIntBE(0, 3);
  if (bytes.length < length) return undefined;
  const stream = bytes.readUInt32BE(5) & 0x7fff_ffff;
  return { frame: { type: bytes.readUInt8(3), flags: bytes.readUInt8(4), stream, payload: bytes.subarray(headLength, length) }, length };
}

/** HEADERS and as many CONTINUATIONs as it takes. */
export function buildHeaders(stream: number, headers: readonly (readonly [string, string])[], isEnd: boolean): Buffer {
  const block = Buffer.concat(headers.map(([name, value]) => Buffer.concat([Buffer.of(0), buildText(name), buildText(value)])));
  const parts = Array.from({ length: Math.max(1, Math.ceil(block.length / longestPayload)) }, (_, index) =>
    block.subarray(index * longestPayload, (index + 1) * longestPayload),
  );
  return Buffer.concat(
    parts.map((payload, index) => {
      const flags = (index === parts.length - 1 ? flag.endHeaders : 0) | (index === 0 && isEnd ? flag.endStream : 0);
      return buildFrame({ type: index === 0 ? frameType.headers : frameType.continuation, flags, stream, payload });
    }),
  );
}

/** A string without Huffman coding, after its length (RFC 7541 §5). */
function buildText(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  return Buffer.concat([buildLength(bytes.length), bytes]);
}

function buildLength(length: number): Buffer {
  if (length < 127) return Buffer.of(length);
  const bytes = [127];
  let rest = length - 127;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  return Buffer.from([...bytes, rest]);
}
