import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KnownTexts } from '../../src/xmpp/stream/known-texts.ts';

const anything = /^/;

test('whatever came before, a text is read as it stands there', () => {
  const texts = new KnownTexts(anything);
  // Far more than there are places, so that many find theirs taken.
  const words = Array.from({ length: 4_000 }, (_, i) => `name-${(i * 7919) % 4_001}`.slice(0, 3 + (i % 9)));
  for (const word of [...words, ...words.toReversed()]) {
    assert.equal(texts.read(`<${word}>`, 1, 1 + word.length), word);
    assert.equal(texts.read(`${word}x`, 0, word.length + 1), `${word}x`);
  }
});

test('an empty text, a long one, and one beyond Latin-1 are read as they stand there', () => {
  const texts = new KnownTexts(anything);
  for (const word of ['', 'x'.repeat(1_000), 'ключ', 'ключ', '😀']) assert.equal(texts.read(`"${word}"`, 1, 1 + word.length), word);
});

test('a text that has not the form is refused each time, also where it begins like a known one', () => {
  const texts = new KnownTexts(/^[a-z]+$/);
  for (let i = 0; i < 3; i += 1) {
    assert.equal(texts.read('<abc/>', 1, 4), 'abc');
    assert.equal(texts.read('<abc/>', 1, 5), undefined);
    assert.equal(texts.read('<aBc/>', 1, 4), undefined);
  }
});

test('a known text is found wherever it stands', () => {
  const texts = new KnownTexts(anything);
  texts.read('<jabber:x:data>', 1, 14);
  const [one, other] = [texts.read('<jabber:x:data>', 1, 14), texts.read('xmlns="jabber:x:data"', 7, 20)];
  assert.equal(one, 'jabber:x:data');
  assert.equal(other, one);
});
