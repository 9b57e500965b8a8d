/** How a publish ended, as the server saw it. */
export type Answer =
  | { readonly kind: 'result' }
  | { readonly kind: 'error'; readonly type: string; readonly condition: string }
  /** The connection was gone before an answer came: the server promised nobody anything. */
  | { readonly kind: 'link-lost' };

/** What a push is for: of the waiting ones to one device only those of the same kind replace each other. */
export type PushKind = 'message' | 'call' | 'update';
export const pushKinds: readonly PushKind[] = ['message', 'call', 'update'];

/** What was published. */
export interface Content {
  readonly kind: PushKind;
  /** Where its device is registered. */
  readonly service: 'apns' | 'fcm';
}

/** One publish; all times are milliseconds of one clock. */
export interface Publish extends Content {
  /** Counts up; it stands in the push as its marker. */
  readonly id: number;
  readonly node: string;
  /** Which connection it went over, counted from 1: over one connection stanzas keep their order. */
  readonly link: number;
  readonly sentAt: number;
  readonly end?: { readonly answer: Answer; readonly at: number; /** Of this wait we made it wait so long. */ readonly excusedMs: number };
}

/** Of one marker. */
export interface Acceptance {
  readonly times: number;
  readonly firstAt: number;
  readonly lastAt: number;
}

const message: Content = { kind: 'message', service: 'apns' };

/** What was published, what was answered and what the push services accepted: kept outside of what is judged by it. */
export class Ledger {
  readonly #publishes: Publish[] = [];
  readonly #accepted = new Map<number, Acceptance>();
  readonly #local = new Map<number, Acceptance>();
  /** Publishes without an end so far. */
  open = 0;

  get publishes(): readonly Publish[] {
    return this.#publishes;
  }

  /** What devices acknowledged in time over a connection of their own. */
  get local(): ReadonlyMap<number, Acceptance> {
    return this.#local;
  }

  /** What became of each marker that was accepted by a push service. */
  get accepted(): ReadonlyMap<number, Acceptance> {
    return this.#accepted;
  }

  /** Returns the id. */
  published(node: string, link: number, sentAt: number, { kind, service } = message): number {
    const id = this.#publishes.length;
    this.#publishes.push({ id, node, link, sentAt, kind, service });
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

  /** Accepted by a push service, seen at this moment: no earlier than it was. */
  pushed(id: number, at = performance.now()): void {
    count(this.#accepted, id, at);
  }

  /** Acknowledged by the device itself, in time. */
  acknowledged(id: number, at = performance.now()): void {
    count(this.#local, id, at);
  }

  /** By either way; undefined where it came by none. */
  served(id: number): Acceptance | undefined {
    const [accepted, local] = [this.#accepted.get(id), this.#local.get(id)];
    if (accepted === undefined || local === undefined) return accepted ?? local;
    const { min, max } = Math;
    const times = accepted.times + local.times;
    return { times, firstAt: min(accepted.firstAt, local.firstAt), lastAt: max(accepted.lastAt, local.lastAt) };
  }
}

function count(counts: Map<number, Acceptance>, id: number, at: number): void {
  const { times, firstAt } = counts.get(id) ?? { times: 0, firstAt: at };
  counts.set(id, { times: times + 1, firstAt, lastAt: at });
}
