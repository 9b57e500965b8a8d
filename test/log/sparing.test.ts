import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SparingLog } from '../../src/log/sparing.ts';
import { openLog } from './lines.ts';

test('what strangers can bring about is written once a second, and says how often it was not', () => {
  const { log, text } = openLog();
  let now = 0;
  const sparing = new SparingLog(log, () => now);
  for (let count = 0; count < 5; count += 1) sparing.warn('stanza-unreadable', { stanza: `s${count}` });
  sparing.warn('sender-invalid', { stanza: 'other' });
  now = 1_000;
  sparing.warn('stanza-unreadable', { stanza: 'later' });
  const lines = text()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const warnings = lines.filter(({ level }) => level === 'warn').map(({ event, stanza, passedOver }) => [event, stanza, passedOver]);
  assert.deepEqual(warnings, [
    ['stanza-unreadable', 's0', undefined],
    ['sender-invalid', 'other', undefined],
    ['stanza-unreadable', 'later', 4],
  ]);
  assert.equal(lines.filter(({ level }) => level === 'debug').length, 4);
});
