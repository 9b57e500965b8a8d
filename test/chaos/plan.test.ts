import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildPlan, clockFaults, faultKinds, faults } from '../../bench/chaos/plan.ts';

const minuteMs = 60_000;

describe('the faults of a chaos run', () => {
  test('are the same for the same seed, and others for another', () => {
    assert.deepEqual(buildPlan(7, minuteMs), buildPlan(7, minuteMs));
    assert.notDeepEqual(buildPlan(7, minuteMs), buildPlan(8, minuteMs));
  });

  test('are of every kind within two minutes', () => {
    for (let seed = 1; seed <= 100; seed += 1)
      assert.deepEqual(new Set(buildPlan(seed, 2 * minuteMs).map(({ kind }) => kind)), new Set(faultKinds), `seed ${seed}`);
  });

  test('are over in time, and leave each thing time to recover', () => {
    for (let seed = 1; seed <= 100; seed += 1) {
      const plan = buildPlan(seed, minuteMs);
      for (const [index, fault] of plan.entries()) {
        const overAt = fault.atMs + fault.lastsMs;
        assert.ok(overAt <= minuteMs, `seed ${seed}: ${fault.kind} ends at ${overAt}`);
        const next = plan.slice(index + 1).find(({ part }) => part === fault.part);
        if (next !== undefined) assert.ok(next.atMs >= overAt + faults[fault.kind].recoveryMs, `seed ${seed}: ${next.kind} too early`);
      }
    }
  });

  test('have clocks jump by seconds, a minute, ten minutes and hours before any of these comes again', () => {
    for (let seed = 1; seed <= 100; seed += 1) {
      const jumps = buildPlan(seed, 10 * minuteMs).flatMap(({ kind, jumpMs }) => (clockFaults.has(kind) ? jumpMs : []));
      const sizes = jumps.slice(0, 4).sort((a, b) => a - b);
      assert.equal(sizes.length, 4, `seed ${seed}`);
      assert.ok(
        sizes.every((ms, index) => ms >= ([2_000, minuteMs, 10 * minuteMs, 120 * minuteMs][index] ?? 0)),
        `seed ${seed}: ${sizes.join(', ')}`,
      );
    }
  });

  test('are of the kinds that this machine can have', () => {
    const kinds = faultKinds.filter((kind) => !clockFaults.has(kind));
    assert.deepEqual(new Set(buildPlan(1, 2 * minuteMs, kinds).map(({ kind }) => kind)), new Set(kinds));
  });
});
