import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitFor } from '../helpers/wait-for.ts';
import { isLate, limitSignal, untilAborted, valueUntilAborted, withLimit } from '../../src/base/limit.ts';

const forever = new Promise<string>(() => undefined);
const aborted = AbortSignal.abort();

test('work that is done in time settles as it does, and leaves no timer', async () => {
  assert.equal(await withLimit(Promise.resolve('done'), 60_000), 'done');
  await assert.rejects(withLimit(Promise.reject(new Error('own')), 60_000), /^Error: own$/);
});

test('work that takes too long is given up with a TimeoutError of that message, or with the error that is built', async () => {
  await assert.rejects(withLimit(forever, 1), (error) => isLate(error) && /^not done within 1 ms$/.test((error as Error).message));
  await assert.rejects(withLimit(forever, 1, 'it does not close'), { name: 'TimeoutError', message: 'it does not close' });
  await assert.rejects(
    withLimit(forever, 1, () => new RangeError('too far')),
    RangeError,
  );
});

test('work is waited for until a signal aborts, then rejected or undefined', async () => {
  const quiet = new AbortController().signal;
  assert.equal(await untilAborted(Promise.resolve(1), quiet), 1);
  assert.equal(await valueUntilAborted(Promise.resolve(1), quiet), 1);
  await assert.rejects(untilAborted(forever, aborted), isLate);
  assert.equal(await valueUntilAborted(forever, aborted), undefined);
  await assert.rejects(valueUntilAborted(Promise.reject(new Error('own')), quiet), /^Error: own$/);
});

test('a limited signal aborts with the one it was made from, and by itself', async () => {
  assert.equal(limitSignal(aborted, 60_000).aborted, true);
  const limited = limitSignal(new AbortController().signal, 1);
  await waitFor('the end of a millisecond', () => limited.aborted);
  assert.ok(isLate(limited.reason));
});
