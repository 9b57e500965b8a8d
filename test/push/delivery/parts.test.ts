import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Breaker } from '../../../src/push/delivery/restraint/breaker.ts';
import { GroupCommit } from '../../../src/push/delivery/waiting/group-commit.ts';
import { Latest } from '../../../src/push/delivery/waiting/latest.ts';
import { createPushIds } from '../../../src/push/delivery/waiting/push-ids.ts';
import { Pace } from '../../../src/push/delivery/retrying/pace.ts';
import { RateGuard } from '../../../src/push/delivery/restraint/rate-guard.ts';
import { kindFor, kindOf } from '../../../src/push/dispatch/kind.ts';
import type { Outcome } from '../../../src/push/provider/provider.ts';
import { DatabaseUnavailable } from '../../../src/registry/registry.ts';
import { emptyNotification } from '../../../src/index.ts';

const accepted: Outcome = { kind: 'accepted' };
const failed: Outcome = { kind: 'retry', reason: 'no connection' };

describe('the breaker', () => {
  function create() {
    const clock = { now: 0 };
    const turns: (string | undefined)[] = [];
    const breaker = new Breaker({
      firstOpenMs: 1_000,
      longestOpenMs: 60_000,
      clock: () => clock.now,
      random: () => 1,
      onTurn: (reason) => turns.push(reason),
    });
    const run = (outcome: Outcome, device = 'a') => breaker.begin()?.end(outcome, device);
    const fail = (times: number) => Array.from({ length: times }, (_, index) => run(failed, `${index}`));
    return { breaker, clock, turns, run, fail };
  }

  test('opens at the tenth failure in a row; an acceptance starts the row anew', () => {
    const { breaker, run, fail } = create();
    fail(9);
    run(accepted);
    fail(9);
    assert.equal(breaker.reason, undefined);
    fail(1);
    assert.equal(breaker.reason, 'no connection');
    assert.equal(breaker.begin(), undefined);
  });

  test('failures that are about their device alone never open it, and never close it', () => {
    const { breaker, clock, run, fail } = create();
    const alone: Outcome = { ...failed, onlyThis: true };
    for (let device = 0; device < 30; device += 1) run(alone, `${device}`);
    assert.equal(breaker.reason, undefined);
    fail(10);
    clock.now = 1_001;
    run(alone);
    assert.equal(breaker.reason, 'no connection');
    assert.equal(breaker.waitMs, 0);
    run(accepted);
    assert.equal(breaker.reason, undefined);
  });

  test('a refusal is an answer: the service is there', () => {
    const { breaker, run, fail } = create();
    fail(9);
    run({ kind: 'rejected', reason: 'PayloadTooLarge' });
    fail(9);
    assert.equal(breaker.reason, undefined);
  });

  test('stays open twice as long after each probe that fails, up to a minute', () => {
    const { breaker, clock, run, fail } = create();
    fail(10);
    const waits: number[] = [];
    for (let count = 0; count < 8; count += 1) {
      waits.push(breaker.waitMs);
      clock.now += breaker.waitMs;
      run(failed);
    }
    assert.deepEqual(
      waits,
      [1, 2, 4, 8, 16, 32, 60, 60].map((seconds) => seconds * 1_000),
    );
  });

  test('lets one probe through at a time, closes when it succeeds, and starts at one second again', () => {
    const { breaker, clock, turns, fail } = create();
    fail(10);
    clock.now += 1_000;
    const probe = breaker.begin();
    assert.ok(probe);
    assert.equal(breaker.begin(), undefined);
    probe.end(accepted, 'a');
    assert.deepEqual(turns, ['no connection', undefined]);
    fail(10);
    assert.equal(breaker.waitMs, 1_000);
  });

  test('a probe that found no place is given back, and the next one may go', () => {
    const { breaker, clock, fail } = create();
    fail(10);
    clock.now += 1_000;
    breaker.begin()?.giveBack();
    assert.ok(breaker.begin());
  });

  test('what was under way when it opened does not open it further, but an acceptance among it closes it', () => {
    const { breaker, fail } = create();
    const permits = Array.from({ length: 12 }, () => breaker.begin());
    fail(10);
    permits[0]?.end(failed, 'a');
    assert.equal(breaker.waitMs, 1_000);
    permits[1]?.end(accepted, 'a');
    assert.equal(breaker.reason, undefined);
  });

  test('stays open as long as a service asks for that throttles all devices; one throttled device counts once', () => {
    const { breaker, run } = create();
    const throttled: Outcome = { kind: 'retry', reason: 'quota', afterMs: 30_000 };
    for (let count = 0; count < 50; count += 1) run(throttled, 'the same');
    assert.equal(breaker.reason, undefined);
    for (let count = 0; count < 9; count += 1) run(throttled, `${count}`);
    assert.equal(breaker.waitMs, 30_000);
  });
});

describe('the pace', () => {
  test('doubles with each round that goes well, up to its bound', () => {
    const pace = new Pace(20);
    const windows: number[] = [];
    for (let round = 0; round < 6; round += 1) {
      windows.push(pace.window);
      for (let left = pace.window; left > 0; left -= 1) pace.succeeded();
    }
    assert.deepEqual(windows, [1, 2, 4, 8, 16, 20]);
  });

  test('is halved once by a round of trouble, and starts anew after an outage', () => {
    const pace = new Pace(64);
    for (let count = 0; count < 63; count += 1) pace.succeeded();
    assert.equal(pace.window, 64);
    for (let count = 0; count < 64; count += 1) pace.troubled();
    assert.equal(pace.window, 32);
    pace.troubled();
    assert.equal(pace.window, 16);
    pace.restart();
    assert.equal(pace.window, 1);
  });
});

describe('the group commit', () => {
  test('writes what comes together in one statement, and more in several', async () => {
    const sizes: number[] = [];
    const group = new GroupCommit<number>(
      async (items) => {
        sizes.push(items.length);
      },
      { batch: 10, most: 100 },
    );
    await Promise.all(Array.from({ length: 25 }, (_, index) => group.add(index)));
    assert.deepEqual(sizes, [10, 10, 5]);
  });

  test('fails those who wait behind a statement that failed, and works again afterwards', async () => {
    let isDown = true;
    const group = new GroupCommit<number>(() => (isDown ? Promise.reject(new DatabaseUnavailable('down')) : Promise.resolve()), {
      batch: 1,
      most: 100,
    });
    const ends = await Promise.allSettled([group.add(1), group.add(2)]);
    assert.deepEqual(
      ends.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    isDown = false;
    await group.add(3);
    await group.idle();
  });

  test('refuses more than may wait', async () => {
    const gate = Promise.withResolvers<undefined>();
    const group = new GroupCommit<number>(() => gate.promise, { batch: 1, most: 2 });
    const waiting = [group.add(1), group.add(2)];
    await assert.rejects(group.add(3), DatabaseUnavailable);
    gate.resolve(undefined);
    await Promise.all(waiting);
  });
});

test('the rate guard lets the first of each interval through', () => {
  let now = 0;
  const guard = new RateGuard(20_000, () => now);
  assert.deepEqual([guard.take('a'), guard.take('a'), guard.take('b')], [0, 20_000, 0]);
  now = 15_000;
  assert.equal(guard.take('a'), 5_000);
  now = 20_000;
  guard.sent('a');
  assert.equal(guard.take('a'), 20_000);
});

test('a delivered push outdates those published before it, also in the same millisecond, but none of another kind', () => {
  const latest = new Latest();
  const at = (ms: number, id: string, kind: 'message' | 'call' = 'message') => ({ id, node: 'n', kind, publishedAt: new Date(ms) });
  latest.delivered(at(10, 'b'));
  latest.delivered(at(5, 'a'));
  const past = [at(9, 'x'), at(10, 'a'), at(10, 'b'), at(10, 'c'), at(11, 'a'), at(9, 'x', 'call')].map((push) => latest.isPast(push));
  assert.deepEqual(past, [true, true, true, false, false, false]);
});

test('ids of pushes are UUIDs of version 7 that sort as they were made', () => {
  const nextId = createPushIds();
  const made = [1_000, 1_000, 1_001, 1_795_000_000_000, 1_795_000_000_000].map((ms) => nextId(new Date(ms)));
  for (const id of made) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.deepEqual(made.toSorted(), made);
  assert.equal(parseInt(made.at(-1)?.replace('-', '').slice(0, 12) ?? '', 16), 1_795_000_000_000);
  const many = Array.from({ length: 5_000 }, () => nextId(new Date(1_795_000_000_001)));
  assert.equal(new Set(many).size, many.length, 'the counter is used up, and they differ all the same');
});

test('a push is about a call, shows something, or tells the app alone', () => {
  const encrypted = { payload: 'x', iv: 'y', type: undefined };
  const jingle = { sid: 's', action: 'propose', media: ['audio'] };
  const kinds = [
    { jingle },
    { encrypted: { ...encrypted, type: 'voip' } },
    { meet: { id: 'm', jid: undefined, media: [] } },
    { body: 'hello' },
    { sender: 'bob@example.net' },
    { encrypted, priority: 'low' as const },
    { priority: 'high' as const },
    { event: 'account-removed' },
    { messageCount: 0 },
    { body: 'hello', priority: 'low' as const },
    {},
  ].map((parts) => kindOf({ ...emptyNotification, ...parts }));
  const [call, message, update] = ['call', 'message', 'update'];
  assert.deepEqual(kinds, [call, call, call, message, message, message, message, message, update, update, update]);
});

test('an app of another app server is woken for what has nothing in it, unless the server calls it unimportant', () => {
  const dialect = { name: 'p2', handle: 'p2 phone', keys: {} };
  const publishes = [
    {},
    { messageCount: 0 },
    { body: 'hello' },
    { priority: 'low' as const },
    { jingle: { sid: 's', action: 'propose', media: [] } },
  ];
  const kinds = publishes.map((parts) => kindFor({ dialect }, { ...emptyNotification, ...parts }));
  assert.deepEqual(kinds, ['message', 'message', 'message', 'update', 'call']);
  assert.equal(kindFor({}, emptyNotification), 'update');
});
