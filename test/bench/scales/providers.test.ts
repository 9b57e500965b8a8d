import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runBench } from '../run-bench.ts';

test(
  'the bench of providers prints each beside its library, and as many arrived as were accepted',
  { skip: process.platform !== 'linux' && 'reads /proc' },
  async () => {
    const { code, output, errors } = await runBench('providers', '--quick');
    assert.equal(code, 0, errors);
    const rows = output.split('\n').filter((line) => /^\| (APNs|FCM) /.test(line));
    assert.deepEqual(
      rows.map((row) =>
        row
          .split('|')
          .slice(1, 4)
          .map((cell) => cell.trim()),
      ),
      [
        ['APNs', '20', 'Reveille'],
        ['APNs', '20', '@parse/node-apn'],
        ['FCM', '20', 'Reveille'],
        ['FCM', '20', 'firebase-admin'],
      ],
    );
    assert.match(rows[0] ?? '', /\| \d+\.\d\d \| \d+\.\d\d \|$/);
  },
);

test('an argument it does not know: exit 2 and how it is called', async () => {
  const { code, errors } = await runBench('providers', '--fast');
  assert.deepEqual([code, errors], [2, 'bench providers [--quick]\n']);
});
