// Room: the tables that Prosody writes into its data files, read and not run. In: a file's text. Out: a table of plain values. May enter:
// importing.

export type LuaValue = string | number | boolean | null | LuaTable;
export interface LuaTable {
  readonly [key: string]: LuaValue;
}

/** It is not what Prosody writes; `line` is where. */
export class LuaTrouble extends Error {
  override readonly name = 'LuaTrouble';
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
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
  const reader = createReader(text.replace(/^\ufeff/, ''));
  reader.expect(/return\b/y, 'return');
  const table = reader.value(0);
  reader.take(/;/y);
  if (!reader.isAtEnd()) reader.fail('something follows the table: this is no data file of Prosody');
  if (typeof table !== 'object' || table === null) throw new LuaTrouble(1, 'expected a table');
  return table;
}

interface Reader {
  value(depth: number): LuaValue;
  take(pattern: RegExp): RegExpExecArray | undefined;
  expect(pattern: RegExp, what: string): void;
  isAtEnd(): boolean;
  fail(message: string): never;
}

function createReader(text: string): Reader {
  let at = 0;

  function take(pattern: RegExp): RegExpExecArray | undefined {
    space.lastIndex = at;
    at += space.exec(text)?.[0].length ?? 0;
    pattern.lastIndex = at;
    const match = pattern.exec(text) ?? undefined;
    at += match?.[0].length ?? 0;
    return match;
  }

  function fail(message: string): never {
    throw new LuaTrouble(text.slice(0, at).split('\n').length, at >= text.length ? 'the file ends too early: it was cut' : message);
  }

  function expect(pattern: RegExp, what: string): void {
    if (take(pattern) === undefined) fail(`expected ${what}`);
  }

  function value(depth: number): LuaValue {
    if (depth > deepest) fail('tables within tables, too deep');
    if (take(/\{/y) !== undefined) return table(depth);
    const quoted = take(string);
    if (quoted !== undefined) return unescape(quoted[1] ?? quoted[2] ?? '');
    const digits = take(number);
    if (digits !== undefined) return Number(digits[0]);
    const endless = take(infinity);
    if (endless !== undefined) return Number(endless[1]) / 0;
    const known = words.get(take(name)?.[0] ?? '');
    return known === undefined ? fail('expected a text, a number, true, false, nil or a table') : known;
  }

  function table(depth: number): LuaTable {
    const entries: [string, LuaValue][] = [];
    let index = 1;
    while (take(/\}/y) === undefined) {
      const key = readKey(depth) ?? String(index++);
      entries.push([key, value(depth + 1)]);
      if (take(/[;,]/y) === undefined && take(/(?=\})/y) === undefined) fail('expected ";" or "}"');
    }
    return Object.fromEntries(entries);
  }

  function readKey(depth: number): string | undefined {
    const start = at;
    if (take(/\[/y) !== undefined) {
      const key = value(depth + 1);
      if (typeof key === 'object') fail('expected a text or a number');
      expect(/\]/y, '"]"');
      expect(/=/y, '"="');
      return String(key);
    }
    const bare = take(name);
    if (bare !== undefined && take(/=/y) !== undefined) return bare[0];
    at = start;
    return undefined;
  }

  return { value, take, expect, fail, isAtEnd: () => take(/$/y) !== undefined };
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
