import { constantFrom, oneof, record, type Arbitrary } from 'fast-check';
import type { Piece } from './input.ts';

/** What XML has and XMPP forbids (RFC 6120 §11.1), and what is no XML at all. No server lets any of it through. */
const snippets = [
  ...['<!-- a comment -->', '<![CDATA[a<b]]>', '<![CDATA[]]]]><![CDATA[>]]>', '<![CDATA[ & ]]>', '<?pi x?>', "<?xml version='1.0'?>"],
  ...['<!DOCTYPE iq>', '<!DOCTYPE iq [<!ENTITY a "bbbbbbbbbb"><!ENTITY c "&a;&a;&a;&a;">]>', '<!ENTITY x SYSTEM "file:///etc/passwd">'],
  ...['&lol;', '&#0;', '&#x0;', '&#8;', '&#xD800;', '&#xFFFE;', '&#xFFFF;', '&#x110000;', '&#99999999999;', '&#;', '&;', '&', '&#x;'],
  ...[
    '&#x1F600;',
    '&#13;',
    '&#10;',
    '&#x85;',
    '&quot;',
    '&apos;',
    ']]>',
    '<',
    '>',
    '</',
    '/>',
    '<>',
    '< a/>',
    '<a b/>',
    '<a b=c/>',
    "<a b='<'/>",
  ],
  ...[
    '\u0000',
    '\u0008',
    '\u001F',
    '\uFFFE',
    '\uFFFF',
    '</iq>',
    '</a>',
    '</stream:stream>',
    '<a:b/>',
    "<a:b xmlns:a='x'/>",
    "<a xmlns:b=''/>",
  ],
  ...["<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>", "<a xmlns=''/>", "<x a='1' a='2'/>"],
  ...[
    '<__proto__/>',
    '<constructor/>',
    "<a __proto__='x' constructor='y'/>",
    "<a xml:lang='de' xml:space='preserve'/>",
    '<ä/>',
    '<𐀀/>',
    '<a\n\n/>',
  ],
];

/** Elements in elements, up to far more than a stanza may have. */
const nests: Arbitrary<readonly Piece[]> = constantFrom(1, 10, 59, 63, 64, 65, 500, 3_000).map((times) => [
  { repeat: '<d>', times },
  { repeat: '</d>', times },
]);

/** Elements beside each other. */
const crowds: Arbitrary<readonly Piece[]> = record({
  repeat: constantFrom('<c/>', '<field/>', "<field var='a'><value>b</value></field>", '<value>x</value>', '<item/>', '<!---->', 'a<b/>'),
  times: constantFrom(2, 65, 1_000, 10_000),
}).map((piece) => [piece]);

/** Markup to be put anywhere inside an element. */
export const markup: Arbitrary<readonly Piece[]> = oneof(
  { weight: 12, arbitrary: constantFrom(...snippets).map((text) => [text]) },
  { weight: 3, arbitrary: nests },
  { weight: 3, arbitrary: crowds },
);
