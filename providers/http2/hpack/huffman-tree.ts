import { codeLengths } from './huffman-lengths.ts';

/** The root is nobody's child, so 0 stands for a child that is yet to be made. */
const root = 0;

/** The Huffman code as a tree with two children a node, at `2 * node + bit`: another node, or the complement of a symbol. */
export function buildTree(): readonly number[] {
  const children = [root, root];
  let code = 0;
  let length = 0;
  for (const symbol of inOrder()) {
    const bits = codeLengths[symbol] ?? 0;
    code <<= bits - length;
    length = bits;
    plant(children, code, bits, symbol);
    code += 1;
  }
  return children;
}

function inOrder(): readonly number[] {
  const symbols = [...codeLengths.keys()];
  return symbols.sort((one, other) => (codeLengths[one] ?? 0) - (codeLengths[other] ?? 0) || one - other);
}

function plant(children: number[], code: number, bits: number, symbol: number): void {
  let node = root;
  for (let bit = bits - 1; bit > 0; bit -= 1) node = childOf(children, 2 * node + ((code >> bit) & 1));
  children[2 * node + (code & 1)] = ~symbol;
}

function childOf(children: number[], place: number): number {
  const child = children[place] ?? root;
  if (child !== root) return child;
  children[place] = children.length / 2;
  return children.push(root, root) / 2 - 1;
}
