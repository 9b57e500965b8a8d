import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  array,
  assert as check,
  constant,
  constantFrom,
  nat,
  oneof,
  property,
  string,
  tuple,
  uint8Array,
  type Arbitrary,
} from 'fast-check';
import { HeaderDecoder } from '../../../../providers/http2/hpack/header-decoder.ts';
import { HeaderEncoder } from '../../../../providers/http2/hpack/header-encoder.ts';
import { HpackError } from '../../../../providers/http2/hpack/hpack.ts';
import { bitsOf, huffmanLiteral } from './string-literals.ts';

const target = Buffer.alloc(200_000);
const octet = nat(255).filter((code) => code !== 0 && code !== 10 && code !== 13);
const octets = (most: number) => array(octet, { maxLength: most }).map((codes) => Buffer.from(codes).toString('latin1'));
/** What a value may hold (RFC 9110 §5.5). */
const visible = octet.filter((code) => code === 9 || (code >= 32 && code !== 127));
const values = (most: number) => array(visible, { maxLength: most }).map((codes) => Buffer.from(codes).toString('latin1'));
const letter = constantFrom(...Array.from("abcdefghijklmnopqrstuvwxyz0123456789-_.!#$%&'*+^`|~"));
const name = oneof(
  {
    weight: 6,
    arbitrary: constantFrom(':method', ':path', ':authority', 'authorization', 'apns-id', 'apns-topic', 'te', 'urgency', 'x-1', 'x-2'),
  },
  { weight: 1, arbitrary: string({ unit: letter, minLength: 1, maxLength: 30 }) },
);
const value = oneof(
  { weight: 6, arbitrary: constantFrom('', 'GET', '/', 'a', 'b', 'trailers', 'c'.repeat(300), 'd'.repeat(1500), 'e'.repeat(4090)) },
  { weight: 3, arbitrary: values(40) },
  { weight: 1, arbitrary: tuple(constantFrom('f', 'g', 'h'), nat(5000)).map(([text, length]) => text.repeat(length)) },
);
const headers = array(tuple(name, value), { maxLength: 12 }).map((fields) => fields.flat());
/** Before each block the peer may change its mind, twice even; a block may be one that is refused. */
const limits = oneof(
  { weight: 4, arbitrary: constant([]) },
  { weight: 1, arbitrary: array(constantFrom(0, 31, 64, 100, 1000, 4096, 65_536), { maxLength: 3 }) },
);
const isRefused: Arbitrary<boolean> = nat(15).map((number) => number === 0);
const connection = array(tuple(limits, headers, isRefused), { maxLength: 40 });

describe('whatever headers are sent on a connection', () => {
  test('the very same are read, whatever the table was limited to meanwhile', () => {
    check(
      property(connection, (blocks) => {
        const [encoder, decoder] = [new HeaderEncoder(), new HeaderDecoder({ longest: 1e6 })];
        for (const [changes, fields, isWrong] of blocks) {
          for (const bytes of changes) encoder.limitTable(bytes);
          if (isWrong) assert.throws(() => encoder.encode([...fields, 'x-wrong', '\n'], target, 0), TypeError);
          const end = encoder.encode(fields, target, 3);
          assert.ok(end - 3 <= HeaderEncoder.longest(fields));
          assert.deepEqual(decoder.decode(target.subarray(3, end)), fields);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('any string survives Huffman coding', () => {
    check(
      property(octets(200), (text) => {
        const block = Buffer.concat([Buffer.from([0x04]), huffmanLiteral(bitsOf(text))]);
        assert.deepEqual(new HeaderDecoder({ longest: 1e6 }).decode(block), [':path', text]);
      }),
      { numRuns: 300 },
    );
  });

  test('any octets are a list of names and values, or an HpackError', () => {
    const block = array(
      oneof(uint8Array({ maxLength: 20 }), constantFrom(new Uint8Array([0x41, 0x82, 0xff]), new Uint8Array([0x20, 0x3f, 0xe1, 0x1f]))),
    );
    check(
      property(array(block, { maxLength: 5 }), (blocks) => {
        const decoder = new HeaderDecoder({ longest: 1000 });
        try {
          for (const parts of blocks) assert.equal(decoder.decode(Buffer.concat(parts)).length % 2, 0);
        } catch (error) {
          assert.ok(error instanceof HpackError, String(error));
        }
      }),
      { numRuns: 1000 },
    );
  });
});
