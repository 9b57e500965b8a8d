import { constantFrom, nat, oneof, record, type Arbitrary } from 'fast-check';
import type { Piece } from './input.ts';
import { markup } from './markup.ts';
import { elementsOf, type Node } from './tree.ts';
import { addresses, wildValues } from './wild-values.ts';

/** A change of one element of a stanza. `where` says which, counted around in the order of the document. */
export type Change =
  | { readonly kind: 'set'; readonly where: number; readonly name: string; readonly value: Piece }
  | { readonly kind: 'spoil' | 'drop' | 'double'; readonly where: number; readonly which: number; readonly value: Piece }
  | { readonly kind: 'crowd'; readonly where: number; readonly times: number }
  | { readonly kind: 'rename'; readonly where: number; readonly name: string }
  | { readonly kind: 'text'; readonly where: number; readonly value: Piece }
  | { readonly kind: 'insert'; readonly where: number; readonly raw: readonly Piece[] }
  | { readonly kind: 'remove' | 'repeat' | 'empty'; readonly where: number };

const where = nat(30);
const attributes = ['id', 'type', 'xmlns', 'node', 'var', 'iv', 'sid', 'action', 'sessionid', 'xml:lang', 'x', '__proto__', 'constructor'];
const names = [
  'iq',
  'message',
  'presence',
  'publish',
  'item',
  'x',
  'field',
  'value',
  'notification',
  'error',
  'a',
  'stream:x',
  '__proto__',
];
const namespaces = [
  '',
  'jabber:client',
  'jabber:component:accept',
  'jabber:x:data',
  'urn:xmpp:push:0',
  'http://jabber.org/protocol/pubsub#event',
];
const types = ['get', 'set', 'result', 'error', 'GET', 'form', 'submit', 'cancel', 'voip', 'high', ''];

/** One change. Addresses and types are changed more often than chance would. */
export const changes: Arbitrary<Change> = oneof(
  {
    weight: 3,
    arbitrary: record({ kind: constantFrom('set'), where: constantFrom(0), name: constantFrom('from', 'to'), value: addresses }),
  },
  {
    weight: 2,
    arbitrary: record({ kind: constantFrom('set'), where, name: constantFrom('type', 'action'), value: constantFrom(...types) }),
  },
  { weight: 1, arbitrary: record({ kind: constantFrom('set'), where, name: constantFrom('xmlns'), value: constantFrom(...namespaces) }) },
  { weight: 3, arbitrary: record({ kind: constantFrom('set'), where, name: constantFrom(...attributes), value: wildValues }) },
  { weight: 4, arbitrary: record({ kind: constantFrom('spoil', 'drop', 'double'), where, which: nat(5), value: wildValues }) },
  { weight: 1, arbitrary: record({ kind: constantFrom('crowd'), where, times: constantFrom(10, 300, 5_000) }) },
  { weight: 2, arbitrary: record({ kind: constantFrom('rename'), where, name: constantFrom(...names) }) },
  { weight: 6, arbitrary: record({ kind: constantFrom('text'), where, value: wildValues }) },
  { weight: 3, arbitrary: record({ kind: constantFrom('insert'), where, raw: markup }) },
  { weight: 4, arbitrary: record({ kind: constantFrom('remove', 'repeat', 'empty'), where }) },
);

/** Changes the element in place. */
export function apply(stanza: Node, change: Change): void {
  const elements = elementsOf(stanza);
  const element = elements[change.where % elements.length];
  if (element === undefined) return;
  switch (change.kind) {
    case 'set':
      element.attributes = [...element.attributes.filter(([name]) => name !== change.name), [change.name, change.value]];
      return;
    case 'spoil':
    case 'drop':
    case 'double':
      return changeAttribute(element, change.kind, change.which, change.value);
    case 'crowd':
      element.attributes.push(...Array.from({ length: change.times }, (_, n): [string, Piece] => [`a${n}`, 'b']));
      return;
    case 'rename':
      element.name = change.name;
      return;
    case 'text':
      element.children.push({ text: change.value });
      return;
    case 'insert':
      element.children.splice(change.where % (element.children.length + 1), 0, { raw: change.raw });
      return;
    case 'remove':
    case 'repeat':
    case 'empty':
      return changeChildren(stanza, element, change.kind);
  }
}

function changeAttribute(element: Node, kind: 'spoil' | 'drop' | 'double', which: number, value: Piece): void {
  const index = which % Math.max(1, element.attributes.length);
  const [name = 'x'] = element.attributes[index] ?? [];
  if (kind === 'double') element.attributes.push([name, value]);
  else element.attributes.splice(index, 1, ...(kind === 'drop' ? [] : [[name, value] as [string, Piece]]));
}

function changeChildren(stanza: Node, element: Node, kind: 'remove' | 'repeat' | 'empty'): void {
  if (kind === 'empty') element.children = [];
  const parent = elementsOf(stanza).find(({ children }) => children.includes(element));
  if (parent === undefined || kind === 'empty') return;
  parent.children.splice(parent.children.indexOf(element), 1, ...(kind === 'remove' ? [] : [element, structuredClone(element)]));
}
