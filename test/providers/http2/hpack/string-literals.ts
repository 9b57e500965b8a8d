import { writeInteger, writeString } from '../../../../providers/http2/hpack/write.ts';
import { codeLengths } from '../../../../providers/http2/hpack/huffman-lengths.ts';

/** The bits of each symbol, from the lengths of the codes: what the decoder undoes, made another way. */
const codes = listCodes();

export function bitsOf(text: string): string {
  return Array.from(Buffer.from(text, 'latin1'), (octet) => codes[octet]).join('');
}

/** A string literal of these bits, filled up with ones where `padding` does not do it. */
export function huffmanLiteral(bits: string, padding = '1'.repeat((8 - (bits.length % 8)) % 8)): Buffer {
  const octets = (bits + padding).match(/.{8}/g) ?? [];
  if ((bits.length + padding.length) % 8 !== 0) throw new Error('Not whole octets');
  const length = Buffer.alloc(8);
  return Buffer.concat([
    length.subarray(0, writeInteger(length, 0, 0x80, 127, octets.length)),
    Buffer.from(octets.map((octet) => parseInt(octet, 2))),
  ]);
}

export function plainLiteral(text: string): Buffer {
  const target = Buffer.alloc(text.length + 8);
  return target.subarray(0, writeString(target, 0, text));
}

function listCodes(): readonly string[] {
  const symbols = [...codeLengths.keys()].sort((a, b) => codeLengths[a]! - codeLengths[b]! || a - b);
  const found: string[] = [];
  let next = '';
  for (const symbol of symbols) {
    next = next.padEnd(codeLengths[symbol]!, '0');
    found[symbol] = next;
    next = (parseInt(next, 2) + 1).toString(2).padStart(next.length, '0');
  }
  return found;
}
