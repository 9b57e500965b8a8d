/** What a publish is for. */
export const kinds = ['message', 'update', 'call'] as const;
export type Kind = (typeof kinds)[number];

/** How a publish ended, as the server saw it; `link-lost`: the connection was gone before an answer came. */
export const answers = ['none', 'result', 'wait', 'item-not-found', 'other', 'link-lost'] as const;
export type Answer = (typeof answers)[number];

/** One publish; times are milliseconds of one clock, NaN where it has not happened. */
export interface Entry {
  /** Counts up; it stands in the push as its marker. */
  readonly id: number;
  /** Counted from 0. */
  readonly device: number;
  readonly kind: Kind;
  readonly sentAt: number;
  readonly answer: Answer;
  readonly answeredAt: number;
  /** How often the push service accepted it. */
  readonly accepted: number;
}

const firstRoom = 1 << 14;

/** Every publish, every answer and every accepted push. In typed arrays: hours of load must not fill the memory of the one who measures. */
export class Book {
  #device = new Int32Array(firstRoom);
  #kind = new Uint8Array(firstRoom);
  #sentAt = new Float64Array(firstRoom);
  #answer = new Uint8Array(firstRoom);
  #answeredAt = new Float64Array(firstRoom);
  #accepted = new Uint8Array(firstRoom);
  #length = 0;
  #open = 0;

  get length(): number {
    return this.#length;
  }

  /** Publishes without an end so far. */
  get open(): number {
    return this.#open;
  }

  /** Returns the id. */
  published(device: number, kind: Kind, at: number): number {
    const id = this.#length;
    if (id === this.#device.length) this.#grow();
    this.#device[id] = device;
    this.#kind[id] = kinds.indexOf(kind);
    this.#sentAt[id] = at;
    this.#answeredAt[id] = NaN;
    this.#length += 1;
    this.#open += 1;
    return id;
  }

  /** The first end counts; false where there was one. */
  answered(id: number, answer: Answer, at: number): boolean {
    if (id >= this.#length || this.#answer[id] !== 0) return false;
    this.#answer[id] = answers.indexOf(answer);
    this.#answeredAt[id] = at;
    this.#open -= 1;
    return true;
  }

  accepted(id: number): void {
    if (id < this.#length) this.#accepted[id] = Math.min(255, (this.#accepted[id] ?? 0) + 1);
  }

  /** Undefined where there was no such publish. */
  find(id: number): Entry | undefined {
    if (id >= this.#length) return undefined;
    return {
      id,
      device: this.#device[id] ?? 0,
      kind: kinds[this.#kind[id] ?? 0] ?? 'message',
      sentAt: this.#sentAt[id] ?? NaN,
      answer: answers[this.#answer[id] ?? 0] ?? 'none',
      answeredAt: this.#answeredAt[id] ?? NaN,
      accepted: this.#accepted[id] ?? 0,
    };
  }

  /** In their order. */
  *entries(): Generator<Entry> {
    for (let id = 0; id < this.#length; id += 1) {
      const entry = this.find(id);
      if (entry !== undefined) yield entry;
    }
  }

  #grow(): void {
    const room = this.#length * 2;
    this.#device = copyInto(new Int32Array(room), this.#device);
    this.#kind = copyInto(new Uint8Array(room), this.#kind);
    this.#sentAt = copyInto(new Float64Array(room), this.#sentAt);
    this.#answer = copyInto(new Uint8Array(room), this.#answer);
    this.#answeredAt = copyInto(new Float64Array(room), this.#answeredAt);
    this.#accepted = copyInto(new Uint8Array(room), this.#accepted);
  }
}

function copyInto<A extends { set(values: A): void }>(larger: A, values: A): A {
  larger.set(values);
  return larger;
}
