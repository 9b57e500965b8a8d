// Room: Tigase's configuration language. In: a file's text. Out: beans with their properties. May enter: importing.

export type TdslValue = string | number | boolean | readonly TdslValue[];

export interface Bean {
  readonly name: string;
  readonly class: string | undefined;
  readonly isActive: boolean;
  readonly properties: ReadonlyMap<string, TdslValue>;
  readonly beans: readonly Bean[];
}

/** It is not TDSL; `line` is where. */
export class TdslTrouble extends Error {
  override readonly name = 'TdslTrouble';
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

const deepest = 32;
const space = /(?:\s|#[^\n]*|\/\/[^\n]*)*/y;
const quoted = /'((?:[^'\\\n]|\\[^\n])*)'|"((?:[^"\\\n]|\\[^\n])*)"/y;
const word = /[^\s'"{}()[\]=:,#]+/y;

/** https://docs.tigase.net: beans `name (class: …) { … }` and properties `key = value`. The file itself is the outermost bean. */
export function readTdsl(text: string): Bean {
  let at = text.startsWith('\ufeff') ? 1 : 0;

  function take(pattern: RegExp): RegExpExecArray | undefined {
    space.lastIndex = at;
    at += space.exec(text)?.[0].length ?? 0;
    pattern.lastIndex = at;
    const match = pattern.exec(text) ?? undefined;
    at += match?.[0].length ?? 0;
    return match;
  }

  function fail(message: string): never {
    throw new TdslTrouble(
      text.slice(0, at).split('\n').length,
      at >= text.length ? 'the file ends too early: a bracket is missing' : message,
    );
  }

  function takeName(): string | undefined {
    const string = take(quoted);
    if (string !== undefined) return (string[1] ?? string[2] ?? '').replace(/\\(.)/g, '$1');
    return take(word)?.[0];
  }

  function takeValue(depth: number): TdslValue {
    if (depth > deepest) fail('too deep');
    const string = take(quoted);
    if (string !== undefined) return (string[1] ?? string[2] ?? '').replace(/\\(.)/g, '$1');
    if (take(/\[/y) !== undefined) {
      const list: TdslValue[] = [];
      while (take(/\]/y) === undefined) {
        list.push(takeValue(depth + 1));
        if (take(/,/y) === undefined && take(/(?=\])/y) === undefined) fail('expected "," or "]"');
      }
      return list;
    }
    const plain = take(word)?.[0];
    if (plain === undefined) return fail('expected a value');
    // env('NAME'), prop('name'): whatever it stands for is not in this file.
    if (take(/\(/y) !== undefined) {
      const name = takeName() ?? '';
      if (take(/\)/y) === undefined) fail('expected ")"');
      return `${plain}(${name})`;
    }
    if (plain === 'true' || plain === 'false') return plain === 'true';
    return /^-?\d+(?:\.\d+)?L?$/i.test(plain) ? Number.parseFloat(plain) : plain;
  }

  function takeParameters(): ReadonlyMap<string, string> {
    const parameters = new Map<string, string>();
    while (take(/\)/y) === undefined) {
      const key = takeName() ?? fail('expected ")"');
      if (take(/:/y) === undefined) fail('expected ":"');
      parameters.set(key, String(takeValue(0)));
      take(/,/y);
    }
    return parameters;
  }

  function takeBody(name: string, parameters: ReadonlyMap<string, string>, depth: number): Bean {
    if (depth > deepest) fail('too deep');
    const properties = new Map<string, TdslValue>();
    const beans: Bean[] = [];
    for (;;) {
      if (take(depth === 0 ? /$/y : /\}/y) !== undefined) break;
      const key = takeName() ?? fail(depth === 0 ? 'expected a name' : 'expected a name or "}"');
      if (take(/=/y) !== undefined) properties.set(key, takeValue(0));
      else beans.push(takeBean(key, depth));
    }
    return { name, class: parameters.get('class'), isActive: parameters.get('active') !== 'false', properties, beans };
  }

  function takeBean(name: string, depth: number): Bean {
    const parameters = take(/\(/y) === undefined ? new Map<string, string>() : takeParameters();
    if (take(/\{/y) === undefined) fail('expected "=", "(" or "{"');
    return takeBody(name, parameters, depth + 1);
  }

  return takeBody('', new Map(), 0);
}
