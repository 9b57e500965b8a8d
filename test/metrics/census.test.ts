import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog } from '../../src/log/log.ts';
import { createCensus } from '../../src/metrics/census.ts';

const silent = createLog('silent');
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a count begins at most once a minute, however often somebody reads', async () => {
  let now = 0;
  let counts = 0;
  const census = createCensus(
    () => Promise.resolve(new Map([['a', (counts += 1)]])),
    silent,
    () => now,
  );
  await turn();
  for (now = 0; now < 59_999; now += 1_000) census.read();
  assert.equal(counts, 1);
  now = 60_000;
  assert.equal(census.read().get('a'), 1, 'nobody waits for the count');
  await turn();
  assert.equal(census.read().get('a'), 2);
  await census.close();
});

test('a count that fails leaves what was known, and the next minute tries again', async () => {
  let now = 0;
  const answers = [Promise.resolve(new Map([['a', 5]])), Promise.reject(new Error('down')), Promise.resolve(new Map([['a', 6]]))];
  answers[1]!.catch(() => undefined);
  const census = createCensus(
    () => answers.shift()!,
    silent,
    () => now,
  );
  await turn();
  for (const expected of [5, 6]) {
    now += 60_000;
    census.read();
    await turn();
    assert.equal(census.read().get('a'), expected);
  }
  await census.close();
  now += 60_000;
  census.read();
  assert.equal(answers.length, 0, 'closed: no count begins');
});

test('a lazy census counts nothing before somebody reads, and in its own interval', async () => {
  let now = 0;
  let counts = 0;
  const count = () => Promise.resolve(new Map([['a', (counts += 1)]]));
  const census = createCensus(count, silent, () => now, { intervalMs: 300_000, isLazy: true });
  await turn();
  assert.equal(counts, 0);
  assert.equal(census.read().size, 0);
  await turn();
  now = 299_999;
  assert.equal(census.read().get('a'), 1);
  now = 300_000;
  census.read();
  await turn();
  assert.equal(census.read().get('a'), 2);
  await census.close();
});
