/** Writes an integer behind the bits of `pattern` in its first octet (RFC 7541 §5.1); `most` is what fits into that octet's rest. */
export function writeInteger(target: Buffer, at: number, pattern: number, most: number, value: number): number {
  if (value < most) {
    target[at] = pattern | value;
    return at + 1;
  }
  target[at] = pattern | most;
  return writeRest(target, at + 1, value - most);
}

function writeRest(target: Buffer, at: number, value: number): number {
  let rest = value;
  let end = at;
  for (; rest >= 128; rest >>>= 7) target[end++] = (rest & 127) | 128;
  target[end] = rest;
  return end + 1;
}

/** Writes a string of latin1 as it is, without Huffman coding (RFC 7541 §5.2). */
export function writeString(target: Buffer, at: number, text: string): number {
  const begin = writeInteger(target, at, 0, 127, text.length);
  target.write(text, begin, 'latin1');
  return begin + text.length;
}
