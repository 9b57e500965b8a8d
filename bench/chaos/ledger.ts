/** How a publish ended, as the server saw it. */
export type Answer =
  | { readonly kind: 'result' }
  | { readonly kind: 'error'; readonly type: string; readonly condition: string }
  /** The connection was gone before an answer came: the server promised nobody anything. */
  | { readonly kind: 'link-lost' };

/** One publish; all times are milliseconds of one clock. */
export interface Publish {
  /** Counts up; it stands in the push as its marker. */
  readonly id: number;
  readonly node: string;
  /** Which connection it went over, counted from 1: over one connection stanzas keep their order. */
  readonly link: number;
  readonly sentAt: number;
  readonly end?: { readonly answer: Answer; readonly at: number; /** Of this wait we made it wait so long. */ readonly excusedMs: number };
}

/** What was published, what was answered and what the push services accepted: kept outside of what is judged by it. */
export class Ledger {
  readonly #publishes: Publish[] = [];
  readonly #accepted = new Map<number, number>();
  /** Publishes without an end so far. */
  open = 0;

  get publishes(): readonly Publish[] {
    return this.#publishes;
  }

  /** How often each marker was accepted. */
  get accepted(): ReadonlyMap<number, number> {
    return this.#accepted;
  }

  /** Returns the id. */
  published(node: string, link: number, sentAt: number): number {
    const id = this.#publishes.length;
    this.#publishes.push({ id, node, link, sentAt });
    this.open += 1;
    return id;
  }

  /** The first end counts. */
  ended(id: number, answer: Answer, at: number, excusedMs = 0): void {
    const publish = this.#publishes[id];
    if (publish === undefined || publish.end !== undefined) return;
    this.#publishes[id] = { ...publish, end: { answer, at, excusedMs } };
    this.open -= 1;
  }

  pushed(id: number): void {
    this.#accepted.set(id, (this.#accepted.get(id) ?? 0) + 1);
  }
}
