import { constantFrom, oneof, record, string, type Arbitrary } from 'fast-check';
import type { Piece } from './input.ts';

/** What has brought down others: numbers beyond their types, Unicode beyond the alphabet, other languages' syntax. */
const famous = [
  ...['', ' ', '0', '-1', '007', '1e400', 'NaN', 'Infinity', '1000000000000000000000000000000', '999999999', '0x10', '１２'],
  ...['true', 'null', 'undefined', '__proto__', 'constructor', 'toString', 'hasOwnProperty', '{}', '[]', '%s%n', '${7*7}', '{{7*7}}'],
  ...["' OR 1=1 --", "'; DROP TABLE devices; --", '<script>', '&amp;', ']]>', '../../etc/passwd', '\\', '"', 'a\nb', 'a\tb', 'a\rb'],
  ...[
    '\u202Egnp.exe',
    '\u200B',
    '\uFEFF',
    '\u00AD',
    '\u2028',
    'e\u0301\u0302\u0303',
    '\uFDD0',
    '\u{1FFFE}',
    '\u{10FFFF}',
    '\uE000',
    '\uFFFD',
  ],
  ...['👩‍👩‍👧‍👦', '🇩🇪', 'ﷺ', 'ß', 'İ', 'ı', 'Å', 'Å', 'אבג', '١٢٣', '\u0080', '\u0085', '\u007F', '\uD7FF', '𝟙'],
];

const long: Arbitrary<Piece> = record({
  repeat: constantFrom('a', 'é', '😀', "'", '<', '\n', 'e\u0301', '\u202E', '=', 'ab '),
  times: constantFrom(300, 513, 1_024, 4_097, 30_000),
});

/** More than a stanza may have, or an answer. */
const huge: Arbitrary<Piece> = record({ repeat: constantFrom('a', "'", '😀', '\n'), times: constantFrom(60_000, 270_000, 1_100_000) });

/** A value that nobody expects. */
export const wildValues: Arbitrary<Piece> = oneof(
  { weight: 40, arbitrary: constantFrom(...famous) },
  { weight: 20, arbitrary: string({ unit: 'grapheme', maxLength: 30 }).map(legal) },
  { weight: 20, arbitrary: string({ unit: 'binary', maxLength: 30 }).map(legal) },
  { weight: 10, arbitrary: long },
  { weight: 1, arbitrary: huge },
);

/** What XML 1.0 has characters for; the rest comes as damage of its own. */
function legal(text: string): string {
  return text.replace(/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '');
}

/** Addresses: of servers and people, wrong in every way that RFC 7622 names, and such that only some take for right. */
export const addresses: Arbitrary<Piece> = oneof(
  { weight: 6, arbitrary: constantFrom('localhost', 'localhost/5f0c', 'romeo@localhost', 'romeo@localhost/orchard', 'sub.localhost') },
  {
    weight: 4,
    arbitrary: constantFrom(
      'push.localhost',
      'x@push.localhost',
      'push.localhost/x',
      'PUSH.localhost',
      'evil.example',
      'localhost.evil.example',
    ),
  },
  {
    weight: 4,
    arbitrary: constantFrom(
      '@localhost',
      'romeo@',
      'romeo@localhost/',
      '/x',
      '@',
      '',
      ' ',
      'a b@localhost',
      'a@b@localhost',
      'a"b@localhost',
      "a'b@c",
      '<@x',
    ),
  },
  {
    weight: 2,
    arbitrary: constantFrom(
      '[::1]',
      '127.0.0.1',
      'xn--',
      'xn--nxasmq6b',
      'faß.example',
      'a..b',
      '-a.b',
      'a_b',
      'romeo@localhost/\u202E',
      'röméo@localhost',
      'romeo@localhost/a/b@c',
    ),
  },
  { weight: 1, arbitrary: record({ repeat: constantFrom('a', 'é'), times: constantFrom(1_023, 1_024, 5_000) }) },
  { weight: 1, arbitrary: wildValues },
);
