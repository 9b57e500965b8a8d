import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AnswerScanner } from '../../bench/throughput/load/answers.ts';
import { buildStanza } from '../../bench/throughput/load/stanzas.ts';

const answer = (slot: number, type = 'result') =>
  buildStanza([`<iq type="${type}" id="`, '" from="push.test" to="example.org"/>'], slot, 1);

test('every answer is found once, however the text is cut', () => {
  const text = `${answer(3)}${answer(499)}${answer(0)}`;
  for (let cut = 1; cut < text.length; cut += 1) {
    const scanner = new AnswerScanner();
    const found = [text.slice(0, cut), text.slice(cut)].map((piece) => scanner.scan(piece));
    assert.deepEqual(
      found.flatMap(({ slots }) => slots),
      [3, 499, 0],
      `cut at ${cut}`,
    );
    assert.ok(found.every(({ hasErrors }) => !hasErrors));
  }
});

test('a refusal among the answers is noticed', () => {
  assert.equal(new AnswerScanner().scan(answer(1) + answer(2, 'error')).hasErrors, true);
});
