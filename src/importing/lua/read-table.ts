// Room: the tables that Prosody writes into its data files, read and not run. In: a file's text. Out: a table of plain values. May enter:
// importing.
import { Scanner } from '../text/scanner.ts';
import { TextTrouble } from '../text/trouble.ts';

export type LuaValue = string | number | boolean | null | LuaTable;
export interface LuaTable {
  readonly [key: string]: LuaValue;
}

const deepest = 32;
const space = /(?:\s|--[^\n]*(?:\n|$))*/y;
const name = /[A-Za-z_]\w*/y;
const number = /-?(?:0x[0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/y;
const words: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['nil', null],
]);
const infinity = /\((-?[10])\/0\)/y;
const string = /"((?:[^"\\\n]|\\[^])*)"|'((?:[^'\\\n]|\\[^])*)'/y;

/** Reads `return { … };` as util.serialization of Prosody writes it: names, strings, numbers, booleans, nil and tables, nothing else. */
export function readLuaTable(text: string): LuaTable {
  const scanner = new Scanner(text, { space, early: 'it was cut' });
  scanner.expect(/return\b/y, 'return');
  const table = readValue(scanner, 0);
  scanner.take(/;/y);
  if (!scanner.isAtEnd()) scanner.fail('something follows the table: this is no data file of Prosody');
  if (typeof table !== 'object' || table === null) throw new TextTrouble(1, 'expected a table');
  return table;
}

function readValue(scanner: Scanner, depth: number): LuaValue {
  if (depth > deepest) scanner.fail('tables within tables, too deep');
  if (scanner.take(/\{/y) !== undefined) return readEntries(scanner, depth);
  const quoted = scanner.take(string);
  if (quoted !== undefined) return unescape(quoted[1] ?? quoted[2] ?? '');
  const digits = scanner.take(number);
  if (digits !== undefined) return Number(digits[0]);
  const endless = scanner.take(infinity);
  if (endless !== undefined) return Number(endless[1]) / 0;
  const known = words.get(scanner.take(name)?.[0] ?? '');
  return known === undefined ? scanner.fail('expected a text, a number, true, false, nil or a table') : known;
}

function readEntries(scanner: Scanner, depth: number): LuaTable {
  const entries: [string, LuaValue][] = [];
  let index = 1;
  while (scanner.take(/\}/y) === undefined) {
    const key = readKey(scanner, depth) ?? String(index++);
    entries.push([key, readValue(scanner, depth + 1)]);
    if (scanner.take(/[;,]/y) === undefined && scanner.take(/(?=\})/y) === undefined) scanner.fail('expected ";" or "}"');
  }
  return Object.fromEntries(entries);
}

function readKey(scanner: Scanner, depth: number): string | undefined {
  const start = scanner.at;
  if (scanner.take(/\[/y) !== undefined) {
    const key = readValue(scanner, depth + 1);
    if (typeof key === 'object') scanner.fail('expected a text or a number');
    scanner.expect(/\]/y, '"]"');
    scanner.expect(/=/y, '"="');
    return String(key);
  }
  const bare = scanner.take(name);
  if (bare !== undefined && scanner.take(/=/y) !== undefined) return bare[0];
  scanner.at = start;
  return undefined;
}

const escapes: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** `\065` is a byte, and the bytes are UTF-8. */
function unescape(text: string): string {
  if (!text.includes('\\')) return text;
  const parts = text.split(/(\\\d{1,3}|\\x[0-9a-fA-F]{2}|\\[^])/);
  const bytes = parts.map((part) => {
    if (!part.startsWith('\\')) return Buffer.from(part);
    if (/^\\\d/.test(part)) return Buffer.from([Number(part.slice(1)) & 0xff]);
    if (/^\\x[0-9a-fA-F]{2}$/.test(part)) return Buffer.from(part.slice(2), 'hex');
    return Buffer.from(escapes[part.slice(1)] ?? part.slice(1));
  });
  return Buffer.concat(bytes).toString();
}
