import assert from 'node:assert/strict';
import test from 'node:test';
import { parseRetryAfter } from '../../../providers/http2/retry-after.ts';

const now = Date.parse('Sun, 22 Nov 2026 10:00:00 GMT');
const day = 86_400_000;

const cases: readonly (readonly [string, string | undefined, number | undefined])[] = [
  ['seconds', '120', 120_000],
  ['no seconds', '0', 0],
  ['seconds with white space around', ' 7 ', 7_000],
  ['more than a day counts as a day', '999999999', day],
  ['a date (IMF-fixdate)', 'Sun, 22 Nov 2026 10:01:30 GMT', 90_000],
  ['a date (RFC 850)', 'Sunday, 22-Nov-26 10:00:10 GMT', 10_000],
  ['a date (asctime)', 'Sun Nov 22 10:00:20 2026 GMT', 20_000],
  ['a date that is past', 'Sun, 22 Nov 2026 09:00:00 GMT', 0],
  ['a date in years', 'Sun, 22 Nov 2030 10:00:00 GMT', day],
  ['nothing', undefined, undefined],
  ['an empty header', '', undefined],
  ['a word', 'soon', undefined],
  ['a negative number', '-5', undefined],
  ['a fraction', '1.5', undefined],
];

for (const [name, value, expected] of cases)
  test(`Retry-After: ${name}`, () => {
    assert.equal(parseRetryAfter(value, now), expected);
  });
