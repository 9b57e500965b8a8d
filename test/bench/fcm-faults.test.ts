import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRows } from './faults.ts';
import { runBench } from './run-bench.ts';

test('the bench of faults prints a row for each fault and client, and Reveille loses nothing', async () => {
  const { code, output, errors } = await runBench('fcm-faults', '--quick');
  assert.equal(code, 0, errors);
  const rows = readRows(output);
  assert.deepEqual(
    rows.map(({ fault, client }) => [fault, client]),
    [
      ['GOAWAY 7', 'Reveille'],
      // HTTP/1.1 knows no GOAWAY.
      ['GOAWAY 7', 'firebase-admin sendEach'],
      ['503 storm', 'Reveille'],
      ['503 storm', 'firebase-admin sendEach'],
      ['503 storm', 'firebase-admin send'],
    ],
  );
  for (const { fault, client, pushes, accepted, retried, lost } of rows) {
    assert.equal(pushes, '100');
    if (client === 'Reveille') assert.deepEqual([accepted, lost], ['100', '0'], output);
    // Somebody was really refused, and Google's client really talks to the sandbox.
    if (fault === '503 storm') assert.ok(Number(retried) > 0 && accepted === '100', output);
  }
});

test('an argument it does not know: exit 2 and how it is called', async () => {
  const { code, errors } = await runBench('fcm-faults', '--fast');
  assert.deepEqual([code, errors], [2, 'bench fcm-faults [--quick]\n']);
});
