/** What instances say to each other, over a channel that all of them hear. `from` and `to` are ids of instances. */
export type Word =
  /** I am here; so many announcements have I made. */
  | { readonly v: 'alive'; readonly from: string; readonly seq: number }
  /** I stop; forget my devices. */
  | { readonly v: 'leave'; readonly from: string }
  /** These devices have connected to me; wherever they were, they are not there any more. */
  | { readonly v: 'come'; readonly from: string; readonly seq: number; readonly nodes: readonly string[] }
  | { readonly v: 'gone'; readonly from: string; readonly seq: number; readonly nodes: readonly string[] }
  /** All of mine, in parts; the first part makes what was known before worthless. */
  | { readonly v: 'have'; readonly from: string; readonly seq: number; readonly nodes: readonly string[]; readonly first: boolean }
  /** Say what you have; to everybody where `to` is empty. */
  | { readonly v: 'who'; readonly from: string; readonly to: string }
  /** A push for a device of yours, written already. */
  | {
      readonly v: 'push';
      readonly from: string;
      readonly to: string;
      readonly offer: string;
      readonly node: string;
      readonly id: string;
      readonly text: string;
    }
  | { readonly v: 'took'; readonly from: string; readonly to: string; readonly offer: string; readonly taken: boolean }
  /** A message of a device for a session of yours. */
  | { readonly v: 'post'; readonly from: string; readonly to: string; readonly session: string; readonly text: string };

/** What the wire takes: PostgreSQL has less than 8000 bytes for a notification, and a word is sealed in it. */
const longestWord = 5_900;
/** Of names in one word, written as JSON: room is left for what stands around them. */
const longestNames = 5_500;

/** Undefined where it is longer than a notification may be. */
export function writeWord(word: Word): string | undefined {
  const text = JSON.stringify(word);
  return Buffer.byteLength(text) > longestWord ? undefined : text;
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isNumber: Check = (value) => Number.isSafeInteger(value);
const isFlag: Check = (value) => typeof value === 'boolean';
const isNames: Check = (value) => Array.isArray(value) && value.every(isText);

type Member = readonly [name: string, check: Check];

const from: Member = ['from', isText];
const announced: readonly Member[] = [from, ['seq', isNumber], ['nodes', isNames]];
const directed: readonly Member[] = [from, ['to', isText]];

/** What each word has to have. */
const members: ReadonlyMap<Word['v'], readonly Member[]> = new Map<Word['v'], readonly Member[]>([
  ['alive', [from, ['seq', isNumber]]],
  ['leave', [from]],
  ['come', announced],
  ['gone', announced],
  ['have', [...announced, ['first', isFlag]]],
  ['who', directed],
  ['push', [...directed, ['offer', isText], ['node', isText], ['id', isText], ['text', isText]]],
  ['took', [...directed, ['offer', isText], ['taken', isFlag]]],
  ['post', [...directed, ['session', isText], ['text', isText]]],
]);

/** Undefined for what no instance of this version says: there may be others in the same database. */
export function parseWord(text: string): Word | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('v' in value)) return undefined;
    const needs = members.get(value.v as Word['v']);
    const isWhole = needs?.every(([name, check]) => check((value as Readonly<Record<string, unknown>>)[name]));
    return isWhole === true ? (value as Word) : undefined;
  } catch {
    // As above.
    return undefined;
  }
}

/** Names in parts that each fit into a word; one part where there are none. */
export function splitNodes(nodes: Iterable<string>): readonly (readonly string[])[] {
  const parts: string[][] = [[]];
  let length = 0;
  for (const node of nodes) {
    const bytes = Buffer.byteLength(JSON.stringify(node)) + 1;
    if (length + bytes > longestNames) {
      parts.push([]);
      length = 0;
    }
    parts.at(-1)?.push(node);
    length += bytes;
  }
  return parts;
}
