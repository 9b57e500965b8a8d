import { ownText } from '../../base/own-text.ts';

/** What is known of another instance. */
interface Other {
  heardAt: number;
  /** Of its last announcement; undefined until its list has come. */
  seq: number | undefined;
  readonly nodes: Set<string>;
}

/** Which devices are connected to which other instance, as far as was heard. A wrong answer costs time, never a push. */
export class Others {
  readonly #byId = new Map<string, Other>();
  readonly #byNode = new Map<string, string>();
  readonly #clock: () => number;

  constructor(clock: () => number = () => performance.now()) {
    this.#clock = clock;
  }

  get ids(): readonly string[] {
    return [...this.#byId.keys()];
  }

  /** Devices connected elsewhere. */
  get size(): number {
    return this.#byNode.size;
  }

  instanceOf(node: string): string | undefined {
    return this.#byNode.get(node);
  }

  knows(id: string): boolean {
    return this.#byId.has(id);
  }

  /** Something was heard of it. */
  heard(id: string): void {
    this.#of(id).heardAt = this.#clock();
  }

  /** When it was heard last; -Infinity for one that is not known. */
  heardAt(id: string): number {
    return this.#byId.get(id)?.heardAt ?? -Infinity;
  }

  /** False where announcements were missed: its list is needed. */
  isComplete(id: string, seq: number): boolean {
    return this.#of(id).seq === seq;
  }

  /** The next announcement of an instance; false where one before it was missed. Either way what it says is taken. */
  announce(id: string, seq: number, change: { readonly came?: readonly string[]; readonly went?: readonly string[] }): boolean {
    const other = this.#of(id);
    for (const node of change.came ?? []) this.#add(id, other, node);
    for (const node of change.went ?? []) this.#remove(id, other, node);
    const isNext = other.seq !== undefined && other.seq + 1 === seq;
    if (isNext) other.seq = seq;
    return isNext;
  }

  /** A part of its list. */
  list(id: string, seq: number, nodes: readonly string[], isFirst: boolean): void {
    const other = this.#of(id);
    if (isFirst) for (const node of [...other.nodes]) this.#remove(id, other, node);
    // Whoever came to another one since then is there; the list may be older.
    for (const node of nodes) if (!this.#byNode.has(node)) this.#add(id, other, node);
    other.seq = seq;
  }

  /** A device has come to this very instance. */
  cameHere(node: string): void {
    const id = this.#byNode.get(node);
    const other = id === undefined ? undefined : this.#byId.get(id);
    if (id !== undefined && other !== undefined) this.#remove(id, other, node);
  }

  forget(id: string): void {
    const other = this.#byId.get(id);
    if (other === undefined) return;
    for (const node of [...other.nodes]) this.#remove(id, other, node);
    this.#byId.delete(id);
  }

  /** Forgets those of whom nothing was heard for so long, and names them. */
  forgetSilent(silentMs: number): readonly string[] {
    const now = this.#clock();
    const silent = [...this.#byId].filter(([, { heardAt }]) => now - heardAt >= silentMs).map(([id]) => id);
    for (const id of silent) this.forget(id);
    return silent;
  }

  #of(id: string): Other {
    const known = this.#byId.get(id);
    if (known !== undefined) return known;
    const other: Other = { heardAt: this.#clock(), seq: undefined, nodes: new Set() };
    this.#byId.set(ownText(id), other);
    return other;
  }

  #add(id: string, other: Other, name: string): void {
    const former = this.#byNode.get(name);
    if (former === id) return;
    // Names were cut from a payload of thousands of bytes.
    const node = ownText(name);
    if (former !== undefined) this.#byId.get(former)?.nodes.delete(node);
    other.nodes.add(node);
    this.#byNode.set(node, id);
  }

  #remove(id: string, other: Other, node: string): void {
    other.nodes.delete(node);
    if (this.#byNode.get(node) === id) this.#byNode.delete(node);
  }
}
