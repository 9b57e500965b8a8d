import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assert as check, property } from 'fast-check';
import { buildBytes, type StanzaInput } from '../fuzz/stanzas/input.ts';
import { inputs } from '../fuzz/stanzas/inputs.ts';
import { publishBases } from '../fuzz/stanzas/bases.ts';
import { StreamParser } from '../../src/xmpp/stream/parser.ts';
import { PlainReader } from '../../src/xmpp/stream/plain-stanza.ts';
import type { Element } from '../../src/xmpp/stanza/xml.ts';

const header = "<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams'>";
const depth = 64;
const readPlainStanza = (text: string, mostDepth: number) => new PlainReader(mostDepth).read(text);

/** All that a parser says of these pieces, as text. */
function readAll(pieces: Iterable<string>): readonly string[] {
  const parser = new StreamParser();
  const said: string[] = [];
  parser.on('element', (stanza) => said.push(show(stanza)));
  parser.on('unreadable', ({ name, attrs }, reason) => said.push(`${reason}: ${JSON.stringify([name, attrs])}`));
  parser.on('end', () => said.push('end'));
  parser.on('error', ({ message }) => said.push(`error: ${message}`));
  parser.write(header);
  for (const piece of pieces) parser.write(piece);
  return said;
}

/** The tree with every text, attribute and name: `toString` would join neighbouring texts. */
function show(element: Element): string {
  return JSON.stringify(list(element));
}

function list({ name, attrs, children }: Element): unknown {
  return [name, Object.entries(attrs), children.map((child) => (typeof child === 'string' ? child : list(child)))];
}

/** Never whole in one piece, so the full parser reads it. */
function* characters(text: string): Generator<string> {
  for (let at = 0; at < text.length; at += 1) yield text.charAt(at);
}

function cut(text: string, cuts: readonly number[]): readonly string[] {
  const places = cuts.map((place) => Math.floor((text.length * place) / 1000)).sort((a, b) => a - b);
  return [0, ...places].map((start, index) => text.slice(start, places[index]));
}

function textOf(input: StanzaInput): string {
  return buildBytes(input, (placeholder) => `${placeholder}-1`).toString();
}

test('publishes as servers send them are read the short way', () => {
  const plain = publishBases.filter((text) => readPlainStanza(text, depth) !== undefined);
  assert.ok(plain.length * 2 > publishBases.length, `${plain.length} of ${publishBases.length}`);
});

test('whatever comes, whole or in pieces, both parsers read the same', () => {
  let plain = 0;
  check(
    property(inputs, (input) => {
      const text = textOf(input);
      if (text.length > 20_000) return;
      const strict = readAll(characters(text));
      assert.deepEqual(readAll([text]), strict);
      assert.deepEqual(readAll(cut(text, input.cuts)), strict);
      if (readPlainStanza(text, depth) !== undefined) plain += 1;
    }),
    { numRuns: 1_000, seed: 15 },
  );
  assert.ok(plain > 100, `the short way was taken ${plain} times only`);
});

const refused: Readonly<Record<string, string>> = {
  'an unknown entity': "<iq id='1'><a>&nbsp;</a></iq>",
  'a reference without a name': "<iq id='1'><a>a & b</a></iq>",
  'a number for a character': "<iq id='1'><a>&#65;</a></iq>",
  'an attribute twice': "<iq id='1' id='2'><a/></iq>",
  'an attribute that every object has': "<iq id='1' __proto__='2' constructor='3'><a/></iq>",
  'a less-than sign in a value': "<iq id='<'><a/></iq>",
  'a greater-than sign in a value': "<iq id='>'><a/></iq>",
  'a value without quotes': '<iq id=1><a/></iq>',
  'a value without an end': "<iq id='1><a/></iq>",
  'no space between attributes': "<iq id='1'to='2'><a/></iq>",
  'a tab in a value': "<iq id='\t'><a/></iq>",
  'a line break in a value': "<iq id='\n'><a/></iq>",
  'a carriage return': "<iq id='1'><a>\r</a></iq>",
  'a control character': "<iq id='1'><a>\u0001</a></iq>",
  'no character': "<iq id='1'><a>\uFFFF</a></iq>",
  'half a character': "<iq id='1'><a>\uD83D</a></iq>",
  'the end of a CDATA section in text': "<iq id='1'><a>]]></a></iq>",
  'a CDATA section': "<iq id='1'><a><![CDATA[<b>]]></a></iq>",
  'a comment': "<iq id='1'><!-- > --></iq>",
  'a processing instruction': "<iq id='1'><?a b?></iq>",
  'a document type': "<iq id='1'><!DOCTYPE a></iq>",
  'end tags in the wrong order': "<iq id='1'><a><b></a></b></iq>",
  'an end tag too many': "<iq id='1'></a></iq>",
  'no end': "<iq id='1'><a>",
  'two stanzas': "<iq id='1'><a/></iq><iq id='2'><a/></iq>",
  'text behind the end': "<iq id='1'><a/></iq> ",
  'a name that begins with a digit': "<iq id='1'><1/></iq>",
  'nothing but a start tag': "<iq id='1'/>",
};

for (const [what, text] of Object.entries(refused))
  test(`${what} is left to the full parser, which reads the same before and behind`, () => {
    assert.equal(readPlainStanza(text, depth), undefined);
    const stream = `<iq id='0'><a>&lt;</a></iq>${text}<iq id='9'><a/></iq>`;
    assert.deepEqual(readAll([stream]), readAll(characters(stream)));
  });

test('an ampersand before what looks like another entity stays an ampersand', () => {
  const stanza = readPlainStanza("<iq id='&amp;quot;'><a>&amp;lt;&amp;amp;&lt;</a></iq>", depth);
  assert.equal(stanza?.attrs['id'], '&quot;');
  assert.equal(stanza.getChildText('a'), '&lt;&amp;<');
});

test('a stanza of all that is plain is read with every text and value', () => {
  const text = `<iq id='a&apos;b' to="x:y@z"><p:a-1 xmlns:p='q'>1\n&amp;&lt;&gt;&quot;😀<b/>2</p:a-1></iq>`;
  const stanza = readPlainStanza(text, depth);
  assert.equal(stanza && show(stanza), readAll(characters(text))[0]);
});

test('a stanza too deep or too large is left to the full parser', () => {
  const nest = (levels: number) => `<iq id='1'>${'<d>'.repeat(levels)}${'</d>'.repeat(levels)}</iq>`;
  assert.notEqual(readPlainStanza(nest(depth - 1), depth), undefined);
  assert.equal(readPlainStanza(nest(depth), depth), undefined);
  assert.deepEqual(readAll([nest(depth)]), [`too deep: ["iq",{"id":"1"}]`]);
  const large = `<iq id='1'><a>${'x'.repeat(1024 * 1024)}</a></iq>`;
  assert.deepEqual(readAll([large]), [`too large: ["iq",{"id":"1"}]`]);
});

test('a stream that ends properly after an unreadable and a plain stanza has ended properly', () => {
  const stream = "<iq id='1'><a>&nbsp;</a></iq><iq id='2'><a/></iq></stream:stream>";
  assert.deepEqual(readAll([stream]).at(-1), 'end');
});
