import assert from 'node:assert/strict';
import test from 'node:test';
import { hideIn } from '../../src/cli/doctor/examine-file.ts';
import { createReport } from '../../src/cli/doctor/report.ts';
import type { Step } from '../../src/doctor/step.ts';

const steps: readonly Step[] = [
  { number: 1, title: 'configuration', verdict: 'ok', tried: 'read it', found: 'no mistakes' },
  { number: 2, title: 'database', verdict: 'failed', tried: 'ask it', found: 'two things:\none and the-secret', advice: 'start it' },
  { number: 3, title: 'XMPP server', verdict: 'skipped', found: 'database failed' },
];

function print(json: boolean, isTTY: boolean, isInterrupted = false): string {
  let text = '';
  const destination = { isTTY, write: (part: string) => void (text += part) };
  const report = createReport(json, destination);
  for (const step of steps) report.tell(hideIn(step, (line) => line.replaceAll('the-secret', '[secret]')));
  report.end(steps, isInterrupted);
  return text;
}

test('people get number, title and verdict, and below what was tried, found and is to do', () => {
  assert.equal(
    print(false, false),
    [
      '  1.  configuration: ok',
      '      tried   read it',
      '      found   no mistakes',
      '  2.  database: failed',
      '      tried   ask it',
      '      found   two things:',
      '              one and [secret]',
      '      do      start it',
      '  3.  XMPP server: skipped',
      '      because database failed',
      '',
      'Something is wrong: 1 ok, 0 to look at, 1 failed, 1 skipped.',
      '',
    ].join('\n'),
  );
});

test('a terminal gets signs in place of words', () => {
  assert.match(print(false, true), /^ {2}1\. {2}✔ configuration\n.*\n.*\n {2}2\. {2}✘ database\n/);
  assert.match(print(false, true), /\n {2}3\. {2}– XMPP server\n/);
});

test('scripts get one object a line, secrets hidden before they are encoded, and the numbers at the end', () => {
  const lines = print(true, false, true)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  assert.deepEqual(lines, [
    steps[0],
    { ...steps[1], found: 'two things:\none and [secret]' },
    steps[2],
    { summary: { ok: 1, warning: 0, failed: 1, skipped: 1, interrupted: true } },
  ]);
});
