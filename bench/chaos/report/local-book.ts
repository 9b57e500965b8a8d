import type { Ledger } from './ledger.ts';
import { pushKinds } from './ledger.ts';
import { buildTable, type Row } from './report.ts';

/** What the phones' lines carried and the phones showed, by the numbers of the publishes. */
export class LocalBook {
  readonly #offered = new Set<number>();
  readonly #late = new Set<number>();
  readonly #shown = new Map<number, number>();
  readonly #withoutId = new Set<number>();

  /** An instance gave it to a line. */
  offered(marker: number): void {
    this.#offered.add(marker);
  }

  /** Too late to count for anything. */
  acknowledgedLate(marker: number): void {
    this.#late.add(marker);
  }

  /** To whoever looks at the phone. */
  shown(marker: number): void {
    this.#shown.set(marker, (this.#shown.get(marker) ?? 0) + 1);
  }

  /** The push service brought it without the id that an app compares. */
  withoutId(marker: number): void {
    this.#withoutId.add(marker);
  }

  /** A row for each kind of what was published before `end`. */
  buildTable(ledger: Ledger, end: number): string {
    const all = ledger.publishes.slice(0, end).filter(({ id }) => this.#offered.has(id));
    const row = (name: string, some: typeof all): Row => {
      const count = (isIt: (id: number) => boolean) => some.filter(({ id }) => isIt(id)).length;
      const isLocal = (id: number) => ledger.local.has(id);
      const isTaken = (id: number) => ledger.accepted.has(id);
      return [
        name,
        some.length,
        count((id) => isLocal(id) && !isTaken(id)),
        count((id) => isLocal(id) && isTaken(id)),
        count((id) => !isLocal(id) && isTaken(id)),
        count((id) => !isLocal(id) && !isTaken(id)),
        count((id) => this.#late.has(id)),
        count((id) => (this.#shown.get(id) ?? 0) > 0),
        count((id) => (this.#shown.get(id) ?? 0) > 1),
      ];
    };
    const head = ['local push', 'offered', 'locally', 'both ways', 'fallen back', 'neither', 'acknowledged late', 'shown', 'shown twice'];
    return buildTable(head, [...pushKinds.map((kind) => row(`${kind}s`, all.filter((one) => one.kind === kind))), row('all', all)]); // prettier-ignore
  }

  /** A line for each thing that no phone may see; and a run in which no line carried anything says nothing. */
  listViolations(ledger: Ledger): readonly string[] {
    const idle = ledger.local.size === 0 ? ['no phone acknowledged anything in time'] : [];
    const twice = [...this.#shown].flatMap(([marker, times]) => (times > 1 ? marker : []));
    return [
      ...idle,
      ...describe(twice, 'shown more than once'),
      ...describe([...this.#withoutId], 'brought by the push service without push-id'),
    ];
  }
}

const named = 10;

function describe(markers: readonly number[], what: string): readonly string[] {
  return markers.length === 0 ? [] : [`${markers.length} ${what}: publish ${markers.slice(0, named).join(', ')}`];
}
