import { SaxesParser } from 'saxes';
import type { Piece } from './input.ts';

/** Text that stands for itself, escaped. */
export interface Text {
  readonly text: Piece;
}

/** Markup as it is, well-formed or not. */
export interface Raw {
  readonly raw: readonly Piece[];
}

/** An element that can be changed in any way: attributes may come twice and hold anything. */
export interface Node {
  name: string;
  attributes: [name: string, value: Piece][];
  children: (Node | Text | Raw)[];
}

/** The element behind well-formed text. */
export function parseTree(xml: string): Node {
  const sax = new SaxesParser({ xmlns: false, position: false });
  const top: Node = { name: 'top', attributes: [], children: [] };
  const open = [top];
  sax.on('opentag', ({ name, attributes }) => {
    const node: Node = { name, attributes: Object.entries(attributes), children: [] };
    open.at(-1)?.children.push(node);
    open.push(node);
  });
  sax.on('closetag', () => void open.pop());
  sax.on('text', (text) => open.at(-1)?.children.push({ text }));
  sax.write(xml.trim()).close();
  const [root] = elementsOf(top).slice(1);
  if (root === undefined) throw new Error(`no element in ${xml}`);
  return root;
}

/** The element and everything below it, in the order of the document. */
export function elementsOf(node: Node): readonly Node[] {
  return [node, ...node.children.flatMap((child) => ('name' in child ? elementsOf(child) : []))];
}

export function serialiseTree(node: Node): readonly Piece[] {
  const attributes = node.attributes.flatMap(([name, value]) => [` ${name}='`, escape(value), `'`]);
  const head: Piece[] = [`<${node.name}`, ...attributes];
  if (node.children.length === 0) return [...head, '/>'];
  return [...head, '>', ...node.children.flatMap(serialiseChild), `</${node.name}>`];
}

function serialiseChild(child: Node | Text | Raw): readonly Piece[] {
  if ('name' in child) return serialiseTree(child);
  return 'raw' in child ? child.raw : [escape(child.text)];
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&apos;',
  '\n': '&#10;',
  '\t': '&#9;',
  '\r': '&#13;',
};

function escape(piece: Piece): Piece {
  if (typeof piece === 'string') return escapeText(piece);
  return 'repeat' in piece ? { repeat: escapeText(piece.repeat), times: piece.times } : piece;
}

function escapeText(text: string): string {
  return text.replace(/[&<>'\n\t\r]/g, (character) => escapes[character] ?? character);
}

/** The text that was escaped so. */
export function unescapeText(text: string): string {
  return Object.entries(escapes).reduceRight((rest, [character, escaped]) => rest.replaceAll(escaped, character), text);
}
