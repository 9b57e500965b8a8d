import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildLinePlan, lineFaultKinds } from '../../bench/chaos/local/line-plan.ts';
import { judge } from '../../bench/chaos/report/judge.ts';
import { Ledger, type PushKind } from '../../bench/chaos/report/ledger.ts';
import { LocalBook } from '../../bench/chaos/report/local-book.ts';

const evidence = { waiting: new Set<string>(), deadlineMs: 1_000 };

/** What a made-up publish, answered with a result, met with. */
interface Told {
  readonly kind?: PushKind;
  readonly node?: string;
  readonly local?: 'unanswered' | 'in time' | 'late';
  readonly isPushed?: boolean;
  readonly shown?: number;
  readonly isWithoutId?: boolean;
}

function write(...history: readonly Told[]): { readonly ledger: Ledger; readonly book: LocalBook } {
  const [ledger, book] = [new Ledger(), new LocalBook()];
  for (const { kind = 'message', node, local, isPushed = false, shown = 0, isWithoutId = false } of history) {
    const sentAt = ledger.publishes.length * 100;
    const id = ledger.published(node ?? `phone-${ledger.publishes.length}`, 1, sentAt, { kind, service: 'apns' });
    ledger.ended(id, { kind: 'result' }, sentAt + 10);
    if (local !== undefined) book.offered(id);
    if (local === 'in time') ledger.acknowledged(id, sentAt + 5);
    if (local === 'late') book.acknowledgedLate(id);
    if (isPushed) ledger.pushed(id, sentAt + 5);
    if (isWithoutId) book.withoutId(id);
    for (let times = 0; times < shown; times += 1) book.shown(id);
  }
  return { ledger, book };
}

describe('the ledger of the chaos suite, with phones that keep local connections,', () => {
  test('takes what a phone acknowledged in time for delivered, and for nothing else', () => {
    const { ledger } = write({ local: 'in time' }, { local: 'late' }, { local: 'unanswered' }, { local: 'late', isPushed: true });
    assert.deepEqual(judge(ledger, evidence), ['delivered', 'lost', 'lost', 'delivered']);
  });

  test('lets a push that a phone acknowledged stand for an older one of its kind', () => {
    const { ledger } = write({ node: 'anna' }, { node: 'anna', kind: 'update' }, { node: 'anna', local: 'in time' });
    assert.deepEqual(judge(ledger, evidence), ['replaced', 'lost', 'delivered']);
  });

  test('counts by which way each kind came', () => {
    const { ledger, book } = write(
      { local: 'in time', shown: 1 },
      { local: 'late', isPushed: true, shown: 1 },
      { local: 'in time', isPushed: true, kind: 'call', shown: 1 },
      { local: 'unanswered', kind: 'update' },
      { isPushed: true },
    );
    assert.equal(
      book.buildTable(ledger, ledger.publishes.length),
      `| local push | offered | locally | both ways | fallen back | neither | acknowledged late | shown | shown twice |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
| messages | 2 | 1 | 0 | 1 | 0 | 1 | 2 | 0 |
| calls | 1 | 0 | 1 | 0 | 0 | 0 | 1 | 0 |
| updates | 1 | 0 | 0 | 0 | 1 | 0 | 0 | 0 |
| all | 4 | 1 | 1 | 1 | 1 | 1 | 3 | 0 |`,
    );
    assert.deepEqual(book.listViolations(ledger), []);
  });

  test('names what was shown twice, and what came without the id that an app compares', () => {
    const { ledger, book } = write({ local: 'in time', shown: 2 }, { isPushed: true, isWithoutId: true }, { isPushed: true, shown: 1 });
    assert.deepEqual(book.listViolations(ledger), [
      '1 shown more than once: publish 0',
      '1 brought by the push service without push-id: publish 1',
    ]);
  });

  test('is not content with a run in which no phone got anything', () => {
    const { ledger, book } = write({ local: 'late', isPushed: true });
    assert.deepEqual(book.listViolations(ledger), ['no phone acknowledged anything in time']);
  });
});

describe('the faults of local connections', () => {
  test('are the same for the same seed, and others for another', () => {
    assert.deepEqual(buildLinePlan(7, 60_000, 20), buildLinePlan(7, 60_000, 20));
    assert.notDeepEqual(buildLinePlan(7, 60_000, 20), buildLinePlan(8, 60_000, 20));
  });

  test('are of every kind within a minute for forty phones', () => {
    for (let seed = 1; seed <= 100; seed += 1)
      assert.deepEqual(new Set(buildLinePlan(seed, 60_000, 40).map(({ kind }) => kind)), new Set(lineFaultKinds), `seed ${seed}`);
  });

  test('befall a phone one after the other, in the order of their moments, and are over in time', () => {
    for (let seed = 1; seed <= 100; seed += 1) {
      const plan = buildLinePlan(seed, 60_000, 10);
      assert.deepEqual(plan, plan.toSorted((a, b) => a.atMs - b.atMs)); // prettier-ignore
      for (const [index, { phone, atMs, lastsMs }] of plan.entries()) {
        assert.ok(atMs + lastsMs <= 60_000, `seed ${seed}: phone ${phone} ends at ${atMs + lastsMs}`);
        const next = plan.slice(index + 1).find((fault) => fault.phone === phone);
        assert.ok(next === undefined || next.atMs > atMs + lastsMs, `seed ${seed}: phone ${phone} has two at once`);
      }
    }
  });
});
