import { HpackError } from './hpack.ts';
import { HuffmanMachine, isComplete, isForbidden, nodeBits, symbolShift } from './huffman-machine.ts';

/** No code is shorter, in bits. */
const shortest = 5;

/** Made with the first string that needs it: at the start of the program none does. */
let machine: HuffmanMachine | undefined;
const scratch = Buffer.allocUnsafeSlow(1024);

/** The string whose Huffman code (RFC 7541 §5.2) lies between two places of a block. */
export function decodeHuffman(block: Buffer, begin: number, end: number): string {
  machine ??= new HuffmanMachine();
  const { steps, isEnd } = machine;
  const target = roomFor(end - begin);
  let node = 0;
  let length = 0;
  for (let at = begin; at < end; at += 1) {
    const octet = block[at] ?? 0;
    const first = (node << 4) | (octet >> 4);
    const high = steps[first] || machine.learn(first);
    if (high & isComplete) target[length++] = high >> symbolShift;
    const second = ((high & nodeBits) << 4) | (octet & 15);
    const low = steps[second] || machine.learn(second);
    if (low & isComplete) target[length++] = low >> symbolShift;
    if ((high | low) & isForbidden) throw new HpackError('A Huffman code holds the end of the string');
    node = low & nodeBits;
  }
  if (isEnd[node] !== 1) throw new HpackError('A Huffman code is not padded as it must be');
  return target.toString('latin1', 0, length);
}

/** A string of unusual length does not keep its room. */
function roomFor(octets: number): Buffer {
  const most = Math.ceil((octets * 8) / shortest);
  return most <= scratch.length ? scratch : Buffer.allocUnsafe(most);
}
