// Room: Tigase's configuration language. In: a file's text. Out: beans with their properties. May enter: importing.
import { Scanner } from '../text/scanner.ts';

export type TdslValue = string | number | boolean | readonly TdslValue[];

export interface Bean {
  readonly name: string;
  readonly class: string | undefined;
  readonly isActive: boolean;
  readonly properties: ReadonlyMap<string, TdslValue>;
  readonly beans: readonly Bean[];
}

const deepest = 32;
const space = /(?:\s|#[^\n]*|\/\/[^\n]*)*/y;
const quoted = /'((?:[^'\\\n]|\\[^\n])*)'|"((?:[^"\\\n]|\\[^\n])*)"/y;
const word = /[^\s'"{}()[\]=:,#]+/y;

/** https://docs.tigase.net: beans `name (class: …) { … }` and properties `key = value`. The file itself is the outermost bean. */
export function readTdsl(text: string): Bean {
  const scanner = new Scanner(text, { space, early: 'a bracket is missing' });
  const take = (pattern: RegExp) => scanner.take(pattern);
  const fail: (message: string) => never = (message) => scanner.fail(message);

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
