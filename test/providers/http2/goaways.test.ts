import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Goaways } from '../../../providers/http2/goaways.ts';

test('a connection that is ended counts under the reason in the frame, else under the name of its code', () => {
  const goaways = new Goaways();
  goaways.count(0, '');
  goaways.count(0, '{"reason":"Shutdown"}');
  goaways.count(0, '{"timestamp":1,"reason":"Shutdown"}');
  goaways.count(11, 'too_many_pings');
  goaways.count(999, '');
  assert.deepEqual(Object.fromEntries(goaways.counts), {
    NO_ERROR: 1,
    INTERNAL_ERROR: 0,
    ENHANCE_YOUR_CALM: 1,
    other: 1,
    Shutdown: 2,
  });
});

test('a server that makes up reasons has twenty of them at most', () => {
  const goaways = new Goaways();
  const letters = Array.from({ length: 26 }, (_, index) => String.fromCharCode(97 + index));
  for (const letter of letters) goaways.count(0, JSON.stringify({ reason: letter }));
  goaways.count(0, JSON.stringify({ reason: 'not a word: anna@example.net' }));
  assert.equal(goaways.counts.size, 20);
  assert.equal(
    [...goaways.counts.values()].reduce((sum, count) => sum + count),
    letters.length + 1,
  );
  assert.ok([...goaways.counts.keys()].every((reason) => /^[A-Za-z_]+$/.test(reason)));
});
