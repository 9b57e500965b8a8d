import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog } from '../../src/log/log.ts';
import { FailureLog } from '../../src/push/dispatch/failure-log.ts';

function create() {
  const lines: Record<string, unknown>[] = [];
  const clock = { now: 0 };
  const log = createLog('debug', { write: (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>) });
  const failures = new FailureLog(log, () => clock.now);
  const tell = (provider: string, reason: string) => failures.tell(provider, { kind: 'retry', reason }, { stanza: 's', provider, reason });
  return { lines, clock, tell, warnings: () => lines.filter(({ level }) => level === 'warn') };
}

test('of pushes that fail for one reason a warning a minute is written, with the number of those since the last', () => {
  const { tell, clock, warnings, lines } = create();
  for (let push = 0; push < 1000; push += 1) tell('a', 'ServiceUnavailable');
  assert.deepEqual(warnings().map(({ passedOver }) => passedOver), [0]); // prettier-ignore
  clock.now = 60_000;
  tell('a', 'ServiceUnavailable');
  assert.deepEqual(warnings().map(({ passedOver }) => passedOver), [0, 999]); // prettier-ignore
  assert.equal(lines.length, 1001, 'at debug level each push has its line');
});

test('another reason and another provider have warnings of their own, another number in the reason has not', () => {
  const { tell, warnings } = create();
  tell('a', 'throttled for 30 s');
  tell('a', 'throttled for 31 s');
  tell('a', 'InternalServerError');
  tell('b', 'throttled for 30 s');
  assert.equal(warnings().length, 3);
});

test('a service that makes up reasons does not fill the log', () => {
  const { tell, warnings } = create();
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  for (const one of letters) for (const two of letters) for (const three of letters) tell('a', one + two + three);
  assert.ok(warnings().length <= 201, String(warnings().length));
});
