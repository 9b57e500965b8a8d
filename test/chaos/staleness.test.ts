import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Ledger } from '../../bench/chaos/report/ledger.ts';
import {
  buildStalenessTable,
  listCauses,
  listFaultyCauses,
  type InstanceWrite,
  type Staleness,
} from '../../bench/chaos/report/staleness.ts';
import type { Window } from '../../bench/chaos/report/windows.ts';

const callMs = 30_000;

/** A call to Google that was published at 0 and answered at 100, and what is known of it. */
interface Told {
  readonly writes: readonly Partial<InstanceWrite>[];
  readonly takenAt?: number;
  readonly excusedMs?: number;
  readonly answer?: 'result' | 'link-lost';
  readonly windows?: readonly Window[];
  readonly isStale?: true;
}

function build({ writes, takenAt, excusedMs, answer = 'result', windows = [], isStale }: Told): Staleness {
  const ledger = new Ledger();
  const marker = ledger.published('anna', 1, 0, { kind: 'call', service: 'fcm' });
  ledger.ended(marker, { kind: answer }, 100 + (excusedMs ?? 0), excusedMs);
  if (takenAt !== undefined) ledger.pushed(marker, takenAt);
  const written = writes.map((write) => ({ marker, service: 'fcm', part: 'instance-a', at: 200, leftMs: 0, ...write }) as const);
  return { ledger, writes: written, windows, callMs, stale: isStale === undefined ? [] : [marker] };
}

const causesOf = (told: Told) => listCauses(build(told)).map(({ cause }) => cause);
const clock: Window = { kind: 'clock behind', part: 'instance-a', from: 0, to: 40_000, jumpMs: 60_000 };

describe('of a push that came too late the ledger of the chaos suite', () => {
  test('says nothing where it came in time', () => {
    assert.deepEqual(causesOf({ writes: [{ at: 200, leftMs: 29_000 }], takenAt: 210 }), []);
  });

  test('says that it left after its end, whether it was taken or not, and that this must not be', () => {
    for (const takenAt of [30_300, undefined]) {
      const told: Told = { writes: [{ at: 200, leftMs: 29_000 }, { at: 30_200 }], ...(takenAt === undefined ? {} : { takenAt }) };
      assert.deepEqual(causesOf(told), ['left after its end']);
      assert.deepEqual(listFaultyCauses(build(told)), ['1 left after its end: publish 0']);
    }
  });

  test('says so too where the push itself names an end that was over', () => {
    assert.deepEqual(causesOf({ writes: [{ at: 20_000, leftMs: -1_000 }], takenAt: 20_010, isStale: true }), ['left after its end']);
    assert.deepEqual(causesOf({ writes: [{ at: 20_000, leftMs: -990 }], takenAt: 20_010 }), []);
  });

  test('says that a service was told of a longer life than is left', () => {
    assert.deepEqual(causesOf({ writes: [{ at: 20_000, leftMs: 29_000 }], takenAt: 20_010 }), ['told to live longer']);
  });

  test('blames nobody for what left in time and was taken late', () => {
    const told: Told = { writes: [{ at: 29_000, leftMs: 1_000 }], takenAt: 31_000 };
    assert.deepEqual([causesOf(told), listFaultyCauses(build(told))], [['taken late, left in time'], []]);
  });

  test('takes into account that a publish may have been read as late as it was answered', () => {
    assert.deepEqual(causesOf({ writes: [{ at: 30_050 }], takenAt: 30_060 }), ['read late']);
    assert.deepEqual(causesOf({ writes: [{ at: 49_900, leftMs: 100 }], takenAt: 49_910, excusedMs: 20_000 }), []);
    assert.deepEqual(causesOf({ writes: [{ at: 45_000, leftMs: 100 }], takenAt: 45_010, answer: 'link-lost' }), ['read late']);
  });

  test('tells apart what an instance did whose clock was set, and only that one', () => {
    const late = { writes: [{ at: 32_000, leftMs: -60_000 }], takenAt: 32_010, isStale: true } as const;
    assert.deepEqual(causesOf({ ...late, windows: [clock] }), ['clock set']);
    assert.deepEqual(causesOf({ ...late, windows: [{ ...clock, part: 'instance-b' }] }), ['left after its end']);
    assert.deepEqual(causesOf({ ...late, windows: [{ ...clock, to: 16_000 }] }), ['left after its end']);
  });

  test('counts by service', () => {
    const [, , apns, fcm] = buildStalenessTable(build({ writes: [{ at: 30_200 }] })).split('\n');
    assert.deepEqual([apns, fcm], ['| apns | 0 | 0 | 0 | 0 | 0 | 0 |', '| fcm | 1 | 1 | 0 | 0 | 0 | 0 |']);
  });
});
