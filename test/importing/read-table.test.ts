import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readLuaTable } from '../../src/importing/lua/read-table.ts';

describe('a data file of Prosody', () => {
  test('is read with texts, numbers, booleans, nil, lists, tables, bytes and comments', () => {
    const text =
      'return {\n\t["a"] = "x\\n\\"\\195\\164\\\\";\n\t["n"] = -1.5;\n\tb = true, ["t"] = { 1; "two"; ["k"] = nil; };\n\t-- a remark\n};\n';
    assert.deepEqual(readLuaTable(text), { a: 'x\n"ä\\', n: -1.5, b: true, t: { 1: 1, 2: 'two', k: null } });
    assert.deepEqual(readLuaTable('return {}'), {});
    assert.deepEqual(readLuaTable('\ufeffreturn {\r\n["a"] = (1/0);\r\n};\r\n'), { a: Infinity });
  });

  for (const [what, text, message] of [
    ['a call', 'return os.execute("rm -rf /")', /^expected a text, a number/],
    ['a call as a value', 'return { a = os.exit() }', /^expected a text, a number/],
    ['a statement before it', 'os.exit() return {}', /^expected return$/],
    ['a statement behind it', 'return {}; os.exit()', /^something follows the table/],
    ['a text joined to another', 'return { a = "x" .. "y" }', /^expected ";" or "\}"$/],
    ['a file that was cut', 'return {\n["a"] = "x";\n["b"] = ', /^the file ends too early: it was cut$/],
    ['a text that was cut', 'return { ["b"] = "x', /^expected a text, a number/],
    ['tables without end', `return ${'{'.repeat(100)}`, /^tables within tables, too deep$/],
    ['nothing but a text', 'return "x"', /^expected a table$/],
  ] as const)
    test(`with ${what} is refused`, () => assert.throws(() => readLuaTable(text), { name: 'TextTrouble', message }));

  test('is refused with the line', () => assert.throws(() => readLuaTable('return {\n\ta = 1;\n\tb = x;\n}'), { line: 3 }));

  test('can’t change what its reader is made of', () => {
    const table = readLuaTable('return { ["__proto__"] = { polluted = true }; }');
    assert.equal(({} as { polluted?: boolean }).polluted, undefined);
    assert.deepEqual(Object.keys(table), ['__proto__']);
  });
});
