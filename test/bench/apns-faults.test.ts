import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildTable } from '../../bench/faults/table.ts';
import { readRows } from './faults.ts';
import { runBench } from './run-bench.ts';

test('the bench of faults prints a row for each fault and client, and Reveille loses nothing', async () => {
  const { code, output, errors } = await runBench('apns-faults', '--quick');
  assert.equal(code, 0, errors);
  const rows = readRows(output);
  assert.deepEqual(
    rows.map(({ client }) => client),
    Array.from({ length: 3 }, () => ['Reveille', '@parse/node-apn', 'apns2']).flat(),
  );
  for (const { client, pushes, accepted, lost } of rows) {
    assert.equal(pushes, '100');
    if (client === 'Reveille') assert.deepEqual([accepted, lost], ['100', '0'], output);
  }
});

test('an argument it does not know: exit 2 and how it is called', async () => {
  const { code, errors } = await runBench('apns-faults', '--fast');
  assert.deepEqual([code, errors], [2, 'bench apns-faults [--quick]\n']);
});

test('losses and clients that do not recover stand out in the table', () => {
  const row = {
    fault: 'x',
    client: 'apns2',
    sent: 5,
    accepted: 3,
    retried: 0,
    inDoubt: 2,
    twice: 0,
    lost: 2,
    recoveredMs: undefined,
  } as const;
  assert.match(buildTable([row]), /\| x \| apns2 \| 5 \| 3 \| 0 \| 2 \| 0 \| \*\*2\*\* \| \*\*not in time\*\* \|$/);
});
