import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HeaderDecoder } from '../../../../providers/http2/hpack/header-decoder.ts';
import { HpackError } from '../../../../providers/http2/hpack/hpack.ts';
import { bitsOf, huffmanLiteral, plainLiteral as literal } from './string-literals.ts';

const longest = 10_000;
/** A literal with indexing and a new name. */
const inserted = (name: string, value: string) => Buffer.concat([Buffer.from([0x40]), literal(name), literal(value)]);
/** `:path` with this as its value. */
const path = (value: Buffer) => Buffer.concat([Buffer.from([0x04]), value]);
const decode = (...octets: readonly (number | Buffer)[]) => {
  const parts = octets.map((part) => (typeof part === 'number' ? Buffer.from([part]) : part));
  return new HeaderDecoder({ longest }).decode(Buffer.concat(parts));
};

const everyOctet = Array.from({ length: 256 }, (_, octet) => String.fromCharCode(octet));

/** What is wrong, the octets, what is said of it. */
const malformed: readonly (readonly [string, readonly (number | Buffer)[], RegExp])[] = [
  ['index 0', [0x80], /leads nowhere/],
  ['an index beyond both tables', [0xbe], /leads nowhere/],
  ['an index just beyond the last entry', [inserted('a', 'b'), 0xbf], /leads nowhere/],
  ['a huge index', [0xff, 0xff, 0xff, 0xff, 0xff, 0x06], /leads nowhere/],
  ['the index of a name beyond both tables', [0x0f, 62 - 15, literal('x')], /leads nowhere/],
  ['the index of an indexed name beyond both tables', [0x7e, literal('x')], /leads nowhere/],
  ['an integer above 2³¹ − 1', [0xff, 0x81, 0xff, 0xff, 0xff, 0x07], /too large/],
  ['an integer of more than five octets behind its first', [0xff, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00], /too long/],
  ['an integer that does not end', [0xff, 0x80], /ends within a field/],
  ['a name without a value', [0x04], /ends within a field/],
  ['a literal without a name', [0x00], /ends within a field/],
  ['a value longer than the block', [0x04, 0x03, 0x2f, 0x2f], /ends within a string/],
  ['a name longer than the block', [0x40, 0x7f, 0xff, 0xff, 0xff, 0xff, 0x06, 0x61], /ends within a string/],
  ['a Huffman code longer than the block', [0x04, 0x82, 0x64], /ends within a string/],
  ['Huffman padding of eight bits', [path(huffmanLiteral(bitsOf('00000000'), '11111111'))], /padded/],
  ['Huffman padding of eleven bits', [path(huffmanLiteral(bitsOf('0'), '1'.repeat(11)))], /padded/],
  ['Huffman padding of zeros', [path(huffmanLiteral(bitsOf('0'), '000'))], /padded/],
  ['Huffman padding that ends with a zero', [path(huffmanLiteral(bitsOf('0'), '110'))], /padded/],
  ['a Huffman code that ends within a long symbol', [path(huffmanLiteral('', '1111111111111010'))], /padded/],
  ['the end of the string in a Huffman code', [path(huffmanLiteral('1'.repeat(30), '11'))], /holds the end/],
  ['the end of the string between two symbols', [path(huffmanLiteral(`${bitsOf('0')}${'1'.repeat(30)}${bitsOf('0')}`))], /holds the end/],
  ['a table size update above what we allow', [0x3f, 0xe2, 0x1f], /exceeds/],
  ['a table size update behind a header', [0x82, 0x20], /follows a header/],
];

describe('a header block is refused with', () => {
  for (const [what, octets, message] of malformed)
    test(what, () => {
      assert.throws(() => decode(...octets), message);
      assert.throws(() => decode(...octets), HpackError);
    });

  test('an index that a table size update made void', () => {
    const decoder = new HeaderDecoder({ longest });
    decoder.decode(inserted('a', 'b'));
    assert.deepEqual(decoder.decode(Buffer.from([0xbe])), ['a', 'b']);
    assert.throws(() => decoder.decode(Buffer.from([0x20, 0xbe])), /leads nowhere/);
  });

  test('a list larger than allowed, each field counted with 32 more', () => {
    const block = Buffer.concat([Buffer.from([0x88]), path(literal('/abc'))]);
    const size = ':status200'.length + ':path/abc'.length + 64;
    assert.equal(new HeaderDecoder({ longest: size }).decode(block).length, 4);
    assert.throws(() => new HeaderDecoder({ longest: size - 1 }).decode(block), /list is too large/);
  });

  test('many references to one large entry', () => {
    const decoder = new HeaderDecoder({ longest });
    assert.equal(decoder.decode(inserted('bomb', 'b'.repeat(4000))).length, 2);
    assert.throws(() => decoder.decode(Buffer.alloc(1000, 0xbe)), /list is too large/);
  });

  test('whatever comes after a wrong one', () => {
    const decoder = new HeaderDecoder({ longest });
    assert.throws(() => decoder.decode(Buffer.from([0x80])), HpackError);
    assert.throws(() => decoder.decode(Buffer.from([0x82])), /before this one was wrong/);
  });
});

describe('a header block is read with', () => {
  test('nothing in it', () => assert.deepEqual(decode(), []));

  test('table size updates at its beginning', () => assert.deepEqual(decode(0x20, 0x3f, 0xe1, 0x1f, 0x82), [':method', 'GET']));

  test('empty strings, with Huffman coding and without', () =>
    assert.deepEqual(decode(path(literal('')), path(huffmanLiteral(''))), [':path', '', ':path', '']));

  test('every octet, as latin1', () => {
    for (const text of everyOctet) assert.deepEqual(decode(path(literal(text))), [':path', text]);
  });

  test('every octet in Huffman coding, at every place within an octet', () => {
    for (const text of everyOctet)
      for (const before of ['', '0', '00', '000', '0000', '00000', '000000', '0000000'])
        assert.deepEqual(decode(path(huffmanLiteral(bitsOf(`${before}${text}z`)))), [':path', `${before}${text}z`]);
  });

  test('Huffman padding of every length up to seven bits', () => {
    for (let length = 0; length < 8; length += 1) {
      const text = '0'.repeat(length);
      assert.deepEqual(decode(path(huffmanLiteral(bitsOf(text)))), [':path', text]);
    }
  });

  test('a Huffman code of many octets', () => {
    for (const text of ['0'.repeat(9_000), 'a~Z'.repeat(3_000)])
      assert.deepEqual(decode(path(huffmanLiteral(bitsOf(text)))), [':path', text]);
  });

  test('an entry larger than the table, which empties it', () => {
    const decoder = new HeaderDecoder({ longest, tableSize: 64 });
    decoder.decode(inserted('a', 'b'));
    assert.deepEqual(decoder.decode(inserted('a', 'c'.repeat(40))), ['a', 'c'.repeat(40)]);
    assert.throws(() => decoder.decode(Buffer.from([0xbe])), /leads nowhere/);
  });

  test('a new entry named by the very one that it evicts', () => {
    const decoder = new HeaderDecoder({ longest, tableSize: 64 });
    decoder.decode(inserted('a-name', 'first'));
    assert.deepEqual(decoder.decode(Buffer.concat([Buffer.from([0x7e]), literal('second')])), ['a-name', 'second']);
    assert.deepEqual(decoder.decode(Buffer.from([0xbe])), ['a-name', 'second']);
  });

  test('as many entries as the table can hold', () => {
    const decoder = new HeaderDecoder({ longest });
    for (let count = 0; count < 300; count += 1) decoder.decode(Buffer.concat([Buffer.from([0x40, 0, 0])]));
    assert.deepEqual(decoder.decode(Buffer.from([0xff, 61 + 128 - 127])), ['', '']);
    assert.throws(() => decoder.decode(Buffer.from([0xff, 62 + 128 - 127])), /leads nowhere/);
  });
});
