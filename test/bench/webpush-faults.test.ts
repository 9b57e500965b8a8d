import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRows } from './faults.ts';
import { runBench } from './run-bench.ts';

test('the bench of faults prints a row for each fault and client, and Reveille loses nothing over either protocol', async () => {
  const { code, output, errors } = await runBench('webpush-faults', '--quick');
  assert.equal(code, 0, errors);
  const rows = readRows(output);
  const clients = ['Reveille', 'Reveille, HTTP/1.1', 'web-push'];
  assert.deepEqual(
    rows.map(({ fault, client }) => [fault, client]),
    ['closed without answer', '503 storm'].flatMap((fault) => clients.map((client) => [fault, client])),
  );
  for (const { fault, client, pushes, accepted, retried, lost } of rows) {
    assert.equal(pushes, '100');
    if (client !== 'web-push') assert.deepEqual([accepted, lost], ['100', '0'], output);
    // Somebody was really refused, and web-push really talks to the service.
    if (fault === '503 storm') assert.ok(Number(retried) > 0 && accepted === '100', output);
  }
});
